"""Films for tests, encoded as phones and sticker makers encode them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import av
import numpy as np
from PIL import Image

UPRIGHT = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")
TURNED = bytes.fromhex("00000000 00010000 00000000 FFFF0000 00000000 00000000 00000000 00000000 40000000")


def film(frames: Sequence[Image.Image], *, sound: bool = False, kind: str = "mp4", rate: int = 4) -> bytes:
    """Return an MP4 with H.264, or a WebM with VP9; sides are even, `rate` frames a second."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", kind) as made:
        pictures = made.add_stream("libx264" if kind == "mp4" else "libvpx-vp9", rate)
        pictures.width, pictures.height, pictures.pix_fmt = *frames[0].size, "yuv420p"
        voice = made.add_stream("aac", 44100) if sound else None
        for picture in frames:
            made.mux(pictures.encode(av.VideoFrame.from_image(picture)))
        made.mux(pictures.encode())
        if voice is not None:
            samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            samples.sample_rate = 44100
            made.mux(voice.encode(samples))
            made.mux(voice.encode())
    return buffer.getvalue()


def turned(data: bytes) -> bytes:
    """Return the same MP4 filmed upright: its track says that it is to be shown a quarter turned."""
    film, track, rest = data.split(UPRIGHT, 2)  # the film's own matrix comes first, its pictures' second
    return film + UPRIGHT + track + TURNED + rest

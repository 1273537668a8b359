"""Pictures and films for tests, encoded as phones and sticker makers encode them."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image

UPRIGHT = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")
TURNED = bytes.fromhex("00000000 00010000 00000000 FFFF0000 00000000 00000000 00000000 00000000 40000000")


def still(size: tuple[int, int], kind: str = "PNG", color: str = "teal", **more: Any) -> bytes:
    """Return a plain picture."""
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, kind, **more)
    return buffer.getvalue()


def film(frames: Sequence[Image.Image], *, sound: bool = False, kind: str = "mp4", rate: int = 4) -> bytes:
    """Return an MP4 with H.264, or a WebM with VP9; sides are even, `rate` frames a second."""
    width, height = frames[0].size
    pictures = f"-f rawvideo -pixel_format rgb24 -video_size {width}x{height} -framerate {rate} -i pipe:"
    voice = "-f lavfi -i anullsrc=r=44100 -shortest" if sound else ""
    codec = "libx264" if kind == "mp4" else "libvpx-vp9"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"film.{kind}"
        options = f"-v error {pictures} {voice} -c:v {codec} -pix_fmt yuv420p".split()
        command = [imageio_ffmpeg.get_ffmpeg_exe(), *options, str(path)]
        subprocess.run(command, input=b"".join(frame.tobytes() for frame in frames), check=True)
        return path.read_bytes()


def turned(data: bytes) -> bytes:
    """Return the same MP4 filmed upright: its track says that it is to be shown a quarter turned."""
    film, track, rest = data.split(UPRIGHT, 2)  # the film's own matrix comes first, its pictures' second
    return film + UPRIGHT + track + TURNED + rest

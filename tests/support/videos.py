"""Pictures and videos for tests, encoded as phones and sticker makers encode them."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image

# The transformation matrix of an MP4 file or track: unchanged, and rotated by 90 degrees.
UNCHANGED = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")
ROTATED = bytes.fromhex("00000000 00010000 00000000 FFFF0000 00000000 00000000 00000000 00000000 40000000")


def plain_picture(size: tuple[int, int], kind: str = "PNG", color: str = "teal", **more: Any) -> bytes:
    """Return a picture of one color; `more` are options of the encoder."""
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, kind, **more)
    return buffer.getvalue()


def video(frames: Sequence[Image.Image], *, sound: bool = False, kind: str = "mp4", rate: int = 4) -> bytes:
    """Return an MP4 with H.264, or a WebM with VP9; sides are even, `rate` frames a second."""
    width, height = frames[0].size
    pictures = f"-f rawvideo -pixel_format rgb24 -video_size {width}x{height} -framerate {rate} -i pipe:"
    voice = "-f lavfi -i anullsrc=r=44100 -shortest" if sound else ""
    codec = "libx264" if kind == "mp4" else "libvpx-vp9"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"video.{kind}"
        options = f"-v error {pictures} {voice} -c:v {codec} -pix_fmt yuv420p".split()
        command = [imageio_ffmpeg.get_ffmpeg_exe(), *options, str(path)]
        subprocess.run(command, input=b"".join(frame.tobytes() for frame in frames), check=True)
        return path.read_bytes()


def rotated(data: bytes) -> bytes:
    """Return the same MP4 as of a phone that was held upright: its track is to be shown rotated by 90 degrees."""
    before, between, after = data.split(UNCHANGED, 2)  # the matrix of the file comes first, then that of its track
    return before + UNCHANGED + between + ROTATED + after

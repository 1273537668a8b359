"""What a timelapse is for Telegram, which finds no size by itself in a file above about 10 MB."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image

# ISO/IEC 14496-12, version 0 of both boxes: where their fields stand, in bytes after the box's type.
TIMESCALE, DURATION = 16, 20  # of the movie header
WIDTH = 80  # of the first track's header; 16.16 fixed point, the height follows


@dataclass(frozen=True)
class Look:
    """Width and height in pixels, duration in whole seconds, from 1."""

    width: int
    height: int
    duration: int


def look(data: bytes) -> Look | None:
    """Return what a GIF or an MP4 says of itself, None if it says nothing."""
    return _gif(data) if data.startswith(b"GIF8") else _mp4(data)


def _gif(data: bytes) -> Look | None:
    with Image.open(io.BytesIO(data), formats=("GIF",)) as image:
        milliseconds = 0.0
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            milliseconds += image.info.get("duration", 0)
        return Look(*image.size, duration=max(1, round(milliseconds / 1000)))


def _mp4(data: bytes) -> Look | None:
    movie, track = data.find(b"mvhd"), data.find(b"tkhd")
    if movie < 0 or track < 0 or data[movie + 4] or data[track + 4] or len(data) < track + WIDTH + 8:
        return None
    scale, duration = struct.unpack_from(">2I", data, movie + TIMESCALE)
    width, height = struct.unpack_from(">2I", data, track + WIDTH)
    if not scale or not width or not height:
        return None
    return Look(width >> 16, height >> 16, duration=max(1, round(Fraction(duration, scale))))

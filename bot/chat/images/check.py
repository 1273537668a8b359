"""Which pictures can be used, and with which message the others are refused."""

from __future__ import annotations

from bot.chat.errors import BadPictureError
from engine.errors import ImageError
from engine.reading.load import load_image, read_size

MAX_PIXELS = 64_000_000
MIN_EDGE = 16


def check(data: bytes) -> None:
    """Check that `data` is a whole picture, from MIN_EDGE px to MAX_PIXELS, by reading it as everybody else does.

    Raises:
        BadPictureError: it is not.
    """
    try:
        width, height = load_image(data, max_pixels=MAX_PIXELS, at_least=(512, 512)).size
    except ImageError as error:
        raise refused(error) from error
    if min(width, height) < MIN_EDGE:
        raise BadPictureError("bad-too-small", width=width, height=height, limit=MIN_EDGE)


def refused(error: ImageError) -> BadPictureError:
    """Return what tells the sender of a picture why it cannot be read."""
    if error.fault == "too large":
        limit = MAX_PIXELS // 1_000_000
        megapixels = str(round(error.pixels / 1_000_000)) if error.pixels else f"> {limit}"
        return BadPictureError("bad-too-large", megapixels=megapixels, limit=limit)
    return BadPictureError("bad-truncated" if error.fault == "damaged" else "bad-not-image")


def size_of(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a picture as its header states them, None if it is none."""
    try:
        return read_size(data)
    except ImageError:
        return None

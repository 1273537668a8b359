"""What Telegram does to pictures: JPEG sizes for photos, thumbnails for documents.

Everything here is blocking and meant for a thread.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from bot.sandbox.errors import ApiError, bad_request

PHOTO_BYTES = 10 * 2**20  # Bot API, sendPhoto: at most 10 MB, width + height <= 10000, ratio <= 20
PHOTO_SIDES = 10_000
PHOTO_RATIO = 20
PIXELS = 40_000_000  # a bomb decompresses beyond this
BOXES = (90, 320, 800, 1280)  # longest sides of the sizes s, m, x, y
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


@dataclass(frozen=True)
class Size:
    """One rendition of a photo."""

    width: int
    height: int
    data: bytes


def photo_sizes(data: bytes) -> list[Size]:
    """Recompress a photo as Telegram does: upright, opaque, JPEG, smallest first."""
    if len(data) > PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(data)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    picture = decoded(data, BOXES[-1], _check_sides)
    longest = max(picture.size)
    boxes = [box for box in BOXES if box < longest] + [min(longest, BOXES[-1])]
    sizes: list[Size] = []
    for box in sorted(set(boxes), reverse=True):  # each from the one before: half the work
        picture = scaled(picture, box)
        sizes.append(encoded(picture))
    return sizes[::-1]


def thumbnail(data: bytes) -> Size | None:
    """The preview of an image sent as a file; None when it is no image that can be read."""
    try:
        return rendition(decoded(data, 320), 320)
    except Exception:  # noqa: BLE001 - a document may be anything, also a broken picture: then it has no preview
        return None


def _check_sides(width: int, height: int) -> None:
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def decoded(data: bytes, needed: int, check: Callable[[int, int], None] | None = None) -> Image.Image:
    """The first frame, upright, as RGB on white; checked by its header before its pixels are read.

    A JPEG is read at a half, a quarter or an eighth of its size where `needed` pixels of a side are enough.
    """
    try:
        with opened(data) as picture:
            if check is not None:
                check(*picture.size)
            picture.draft("RGB", (needed, needed))
            upright = ImageOps.exif_transpose(picture)
            if not upright.has_transparency_data:
                return upright.convert("RGB")
            rgba = upright.convert("RGBA")
    except ApiError:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises a dozen kinds for broken files, all mean the same here
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    canvas = Image.new("RGB", rgba.size, "white")
    canvas.paste(rgba, mask=rgba.getchannel("A"))
    return canvas


def opened(data: bytes, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """The picture with its header read; ValueError when it has too many pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = Image.open(io.BytesIO(data), formats=formats)
    if picture.width * picture.height > PIXELS:
        raise ValueError("too many pixels")
    return picture


def rendition(picture: Image.Image, box: int) -> Size:
    """The picture as JPEG, its longest side at most `box`."""
    return encoded(scaled(picture, box))


def scaled(picture: Image.Image, box: int) -> Image.Image:
    """The picture, its longest side at most `box`."""
    scale = min(1.0, box / max(picture.size))
    if scale == 1.0:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)


def encoded(picture: Image.Image) -> Size:
    """The picture as JPEG."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=87)
    return Size(*picture.size, buffer.getvalue())

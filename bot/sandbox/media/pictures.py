"""What Telegram does to pictures: JPEG sizes for photos, thumbnails for documents.

All functions block, and are meant to run in a thread.
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
PIXELS = 40_000_000  # a file that has more is not decoded: it may be a decompression bomb
SIDES = (90, 320, 800, 1280, 2560)  # longest sides of Telegram's sizes s, m, x, y, w
THUMBNAIL_SIDE = 320  # pixels (Bot API, sendDocument)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


@dataclass(frozen=True)
class Size:
    """One rendition of a picture, as JPEG."""

    width: int
    height: int
    data: bytes


def photo_sizes(data: bytes) -> list[Size]:
    """Recompress a photo as Telegram does: upright, on white, as JPEG; the smallest size comes first.

    Raises:
        ApiError: it is no picture, or beyond Telegram's limits for photos.
    """
    if len(data) > PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(data)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    picture = _decode(data, SIDES[-1], _check_photo_sides)
    longest = max(picture.size)
    sides = {side for side in SIDES if side < longest} | {min(longest, SIDES[-1])}
    sizes: list[Size] = []
    for side in sorted(sides, reverse=True):
        picture = _scale(picture, side)  # from the size before: half the work of scaling the original each time
        sizes.append(_encode(picture))
    return sizes[::-1]


def thumbnail(data: bytes) -> Size | None:
    """Return the thumbnail of a picture that is sent as a document, or None when it cannot be decoded."""
    try:
        return rendition(_decode(data, THUMBNAIL_SIDE), THUMBNAIL_SIDE)
    except Exception:  # noqa: BLE001 - a document may be anything, also a broken picture
        return None


def _check_photo_sides(width: int, height: int) -> None:
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _decode(data: bytes, needed: int, check: Callable[[int, int], None] | None = None) -> Image.Image:
    """Return the first frame, upright, as RGB on white. `check` gets the sides before the pixels are decoded.

    A JPEG is decoded at a half, a quarter or an eighth of its size where that leaves `needed` pixels of a side.
    """
    try:
        with open_picture(data) as picture:
            if check is not None:
                check(*picture.size)
            picture.draft("RGB", (needed, needed))
            upright = ImageOps.exif_transpose(picture)
            if not upright.has_transparency_data:
                return upright.convert("RGB")
            rgba = upright.convert("RGBA")
    except ApiError:
        raise
    except Exception:  # noqa: BLE001 - Pillow reports broken files in many ways, which all mean the same here
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    canvas = Image.new("RGB", rgba.size, "white")
    canvas.paste(rgba, mask=rgba.getchannel("A"))
    return canvas


def open_picture(data: bytes, formats: tuple[str, ...] = FORMATS) -> Image.Image:
    """Return the picture with only its header read.

    Raises:
        ValueError: it has too many pixels.
        PIL.UnidentifiedImageError: it is of none of these formats.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = Image.open(io.BytesIO(data), formats=formats)
    if picture.width * picture.height > PIXELS:
        raise ValueError("too many pixels")
    return picture


def rendition(picture: Image.Image, longest_side: int) -> Size:
    """Return the picture as JPEG, scaled down to this longest side where it is larger."""
    return _encode(_scale(picture, longest_side))


def _scale(picture: Image.Image, longest_side: int) -> Image.Image:
    scale = min(1.0, longest_side / max(picture.size))
    if scale == 1.0:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)


def _encode(picture: Image.Image) -> Size:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=87)
    return Size(*picture.size, buffer.getvalue())

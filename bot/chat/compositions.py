"""Pictures put together from pictures, with Pillow, off the event loop."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence

from PIL import Image, ImageOps

from bot.presets.sheet import TILE, contact_sheet

SIDE = 900  # pixels: the height of a side-by-side picture
GAP = 12


async def side_by_side(before: bytes, after: bytes) -> bytes:
    """Return both pictures next to each other, at one height."""
    return await asyncio.to_thread(_side_by_side, before, after)


async def gallery(pictures: Sequence[bytes]) -> bytes:
    """Return numbered thumbnails in rows."""
    return await asyncio.to_thread(_gallery, pictures)


def _side_by_side(before: bytes, after: bytes) -> bytes:
    with Image.open(io.BytesIO(after)) as image:
        right = image.convert("RGB")
    height = min(SIDE, right.height)
    right = right.resize((round(right.width * height / right.height), height), Image.Resampling.LANCZOS)
    left = ImageOps.fit(_upright(before, right.size), right.size, Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", (2 * right.width + GAP, height), "white")
    sheet.paste(left, (0, 0))
    sheet.paste(right, (right.width + GAP, 0))
    return _jpeg(sheet)


def _upright(data: bytes, size: tuple[int, int]) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (2 * size[0], 2 * size[1]))  # a big JPEG is decoded small
        return ImageOps.exif_transpose(image).convert("RGB")


def _gallery(pictures: Sequence[bytes]) -> bytes:
    return _jpeg(contact_sheet([_upright(data, (TILE, TILE)) for data in pictures]))


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()

"""Pictures put together from pictures, with Pillow, off the event loop."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageOps

from bot.presets.sheet import TILE, contact_sheet

SIDE = 900  # pixels: the height of a side-by-side picture
GAP = 12
DENOISE = 0.06  # weight of total variation: enough for grain, too little for brush strokes


async def side_by_side(before: bytes, after: bytes) -> bytes:
    """Return both pictures next to each other, at one height."""
    return await asyncio.to_thread(_side_by_side, before, after)


async def gallery(pictures: Sequence[bytes]) -> bytes:
    """Return numbered thumbnails in rows."""
    return await asyncio.to_thread(_gallery, pictures)


async def blends(before: bytes, after: bytes, shares: Sequence[int]) -> list[bytes]:
    """Return mixtures of the photo and its painting, with so many per cent of the painting."""
    return await asyncio.to_thread(_blends, before, after, shares)


async def denoised(picture: bytes) -> bytes:
    """Return the picture with its grain smoothed and its edges kept."""
    return await asyncio.to_thread(_denoised, picture)


def _blends(before: bytes, after: bytes, shares: Sequence[int]) -> list[bytes]:
    with Image.open(io.BytesIO(after)) as image:
        painted = image.convert("RGB")
    photo = ImageOps.fit(_upright(before, painted.size), painted.size, Image.Resampling.LANCZOS)
    return [_jpeg(Image.blend(photo, painted, share / 100)) for share in shares]


def _denoised(picture: bytes) -> bytes:
    from skimage.restoration import denoise_tv_chambolle  # takes a second to import

    with Image.open(io.BytesIO(picture)) as image:
        values = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
    smooth = denoise_tv_chambolle(values, weight=DENOISE, channel_axis=-1, max_num_iter=60)
    return _jpeg(Image.fromarray((np.clip(smooth, 0, 1) * 255).round().astype(np.uint8)))


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

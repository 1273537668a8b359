"""Pictures made from pictures. Each function decodes files: call it by `decoding.in_child`."""

from __future__ import annotations

import io
from collections.abc import Sequence

import structlog
from PIL import Image, ImageOps

from bot.chat.images import face_blend
from bot.presets.sheet import TILE, contact_sheet
from engine.combine import composition, denoise, faces
from engine.errors import ImageError
from engine.reading.load import load_image

log = structlog.get_logger(__name__)

SIDE = 900  # pixels: the height of a side-by-side picture
GAP = 12
PREVIEW = 512  # pixels: the longer side of a preview in the chat, at least
PHOTO = 1280  # pixels: the longer side of a photo at Telegram
STICKER = 512  # pixels: what Telegram wants one side of a sticker to have
PRINT_TIMES = 4  # the largest factor: beyond it an enlargement looks soft
PRINT_EDGE = 4961  # pixels: the longer side of A3 at PRINT_DPI
PRINT_DPI = 300  # dots per inch
GRAIN = 0.08  # deviation of the noise that is taken away, 0..1: enough for grain, too little for brush strokes


def blends(before: bytes, after: bytes, shares: Sequence[int]) -> list[bytes]:
    """Return mixtures of the photo and its painting, with so many per cent of the painting."""
    photo, painted = _one_size(before, after)
    return [_jpeg(Image.blend(photo, painted, share / 100)) for share in shares]


def _one_size(before: bytes, after: bytes) -> tuple[Image.Image, Image.Image]:
    """Return the photo at the painting's size, and the painting."""
    painted = load_image(after)
    return ImageOps.fit(_roughly(before, painted.size), painted.size, Image.Resampling.LANCZOS), painted


def gentler_faces(before: bytes, after: bytes) -> bytes | None:
    """Return the painting with the photo's faces shining through, None if there is no face."""
    photo, painted = _one_size(before, after)
    try:
        found = faces.find(photo)
    except Exception:
        log.exception("no search for faces")
        return None
    return _jpeg(face_blend.gentler(photo, painted, found)) if found else None


def sticker(data: bytes) -> bytes:
    """Return the picture as Telegram wants stickers: WebP, its longer side 512 pixels."""
    buffer = io.BytesIO()
    _scaled(load_image(data), STICKER).save(buffer, "WEBP", quality=90)
    return buffer.getvalue()


def enlarged(data: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return the picture enlarged for a printer, and its size in pixels."""
    picture = load_image(data)
    edge = max(picture.size)
    large = _scaled(picture, max(edge, min(PRINT_TIMES * edge, PRINT_EDGE)))
    buffer = io.BytesIO()
    large.save(buffer, "JPEG", quality=92, subsampling=0, dpi=(PRINT_DPI, PRINT_DPI))
    return buffer.getvalue(), large.size


def as_photo(data: bytes) -> bytes:
    """Return the picture as messengers show photos: upright, no larger than theirs."""
    photo = _roughly(data, (PHOTO, PHOTO))
    return _jpeg(_scaled(photo, min(PHOTO, max(photo.size))))


def as_preview(data: bytes) -> bytes:
    """Return a preview, enlarged if it is small, so that the message does not grow with the scales."""
    try:
        picture = load_image(data)
    except ImageError:
        log.exception("a preview cannot be read")
        return data
    return _jpeg(_scaled(picture, PREVIEW)) if max(picture.size) < PREVIEW else data


def _roughly(data: bytes, size: tuple[int, int]) -> Image.Image:
    """Open a picture that will be shrunk to about this size: a big JPEG is decoded small."""
    return load_image(data, at_least=(2 * size[0], 2 * size[1]))


def _scaled(picture: Image.Image, edge: int) -> Image.Image:
    """Return the picture with this longer side."""
    scale = edge / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def denoised(picture: bytes) -> bytes:
    """Return the picture with its grain smoothed and its edges kept."""
    return _jpeg(denoise.total_variation(load_image(picture), GRAIN))


def cropped(before: bytes, after: bytes, aspect: float) -> bytes:
    """Return the painting cropped to an aspect ratio, width by height, around what the photo shows."""
    photo, painted = _one_size(before, after)
    return _jpeg(composition.crop_to_aspect(painted, aspect, composition.subject_of(photo)))


def side_by_side(before: bytes, after: bytes) -> bytes:
    """Return both pictures next to each other, at one height."""
    right = load_image(after)
    height = min(SIDE, right.height)
    right = right.resize((round(right.width * height / right.height), height), Image.Resampling.LANCZOS)
    left = ImageOps.fit(_roughly(before, right.size), right.size, Image.Resampling.LANCZOS)
    sheet = Image.new("RGB", (2 * right.width + GAP, height), "white")
    sheet.paste(left, (0, 0))
    sheet.paste(right, (right.width + GAP, 0))
    return _jpeg(sheet)


def gallery(pictures: Sequence[bytes]) -> bytes:
    """Return numbered thumbnails in rows."""
    return _jpeg(contact_sheet([_roughly(data, (TILE, TILE)) for data in pictures]))


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()

"""Faces of a photo that shine through its painting."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from engine.combine.faces import Box

SHARE = 0.45  # of the painting that stays on a face
GROWTH = 1.35  # from the square that is found, brows to mouth, to the whole head


def gentler(photo: Image.Image, painted: Image.Image, faces: Sequence[Box]) -> Image.Image:
    """Return the painting with the photo shining through at the faces, softly at their edges; both of one size."""
    mask = Image.new("L", painted.size, 0)
    draw = ImageDraw.Draw(mask)
    tallest = 0.0
    for left, top, right, bottom in faces:
        x, y = (left + right) / 2 * painted.width, (top + bottom) / 2 * painted.height
        across, down = (right - left) / 2 * painted.width * GROWTH, (bottom - top) / 2 * painted.height * GROWTH
        draw.ellipse((x - across, y - down, x + across, y + down), fill=round(255 * (1 - SHARE)))
        tallest = max(tallest, down)
    return Image.composite(photo, painted, mask.filter(ImageFilter.GaussianBlur(tallest / 4)))

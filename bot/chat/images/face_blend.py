"""Faces in a photo, found by the cascade of local binary patterns that scikit-image carries; no download."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

EDGE = 480  # pixels: the photo is searched at this size
NEIGHBOURS = 8  # detections that must agree on a face: with fewer, stones and leaves count as faces too
SMALLEST_PIXELS = 24  # the size of the cascade's window: it finds no smaller faces
SMALLEST = 0.08  # a face's height as a share of the photo's shorter side
SHARE = 0.45  # of the painting that stays on a face
GROWTH = 1.35  # from the square that the cascade finds, brows to mouth, to the whole head

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the photo's sides."""


def find(photo: Image.Image) -> list[Box]:
    """Return the frontal faces in a photo."""
    small = photo.convert("RGB")
    small.thumbnail((EDGE, EDGE))
    least = max(SMALLEST_PIXELS, round(SMALLEST * min(small.size)))
    if min(small.size) < least:
        return []
    found = _cascade().detect_multi_scale(
        img=np.asarray(small),
        scale_factor=1.2,
        step_ratio=1,
        min_neighbor_number=NEIGHBOURS,
        min_size=(least, least),
        max_size=(min(small.size), min(small.size)),
    )
    return [
        (
            one["c"] / small.width,
            one["r"] / small.height,
            (one["c"] + one["width"]) / small.width,
            (one["r"] + one["height"]) / small.height,
        )
        for one in found
    ]


def gentler(photo: Image.Image, painted: Image.Image, faces: list[Box]) -> Image.Image:
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


@functools.cache
def _cascade() -> Any:
    from skimage.data import lbp_frontal_face_cascade_filename  # these take a second to import
    from skimage.feature import Cascade

    return Cascade(lbp_frontal_face_cascade_filename())

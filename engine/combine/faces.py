"""Faces, found by the cascade of local binary patterns that scikit-image carries; no download."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from PIL import Image

EDGE = 480  # pixels: the picture is searched at this size
NEIGHBOURS = 8  # detections that must agree on a face: with fewer, stones and leaves count as faces too
SMALLEST_PIXELS = 24  # the size of the cascade's window: it finds no smaller faces
SMALLEST = 0.08  # a face's height as a share of the picture's shorter side

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the picture's sides: from the brows to the mouth."""


def find(picture: Image.Image) -> list[Box]:
    """Return the frontal faces in a picture of any mode."""
    small = picture.convert("RGB")
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


@functools.cache
def _cascade() -> Any:
    from skimage.data import lbp_frontal_face_cascade_filename  # these take a second to import
    from skimage.feature import Cascade

    return Cascade(lbp_frontal_face_cascade_filename())

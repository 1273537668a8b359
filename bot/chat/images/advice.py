"""A look at both pictures before the painting: what will disappoint, said in time."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

EDGE = 256  # pixels: the pictures are looked at this small
TINY = 200  # pixels: a style below that has no strokes to learn from
LONG = 3.0  # sides' ratio of a panorama: little is left of it at the usual size
FLAT = 3.5  # mean difference between neighbouring pixels, 0..255: below it a style is colour without drawing
BLURRED = 1.2  # mean detail of the sharpest tenth, 0..255, that a photo in focus exceeds


def look(content: bytes, style: bytes | None) -> str:
    """Return the name of the most important advice, or an empty text; `style` is None where it is a preset."""
    if style is not None:
        with Image.open(io.BytesIO(style)) as image:
            if min(image.size) < TINY:
                return "style-tiny"
            if _steps(image).mean() < FLAT:
                return "style-flat"
    with Image.open(io.BytesIO(content)) as image:
        if max(image.size) > LONG * min(image.size):
            return "content-long"
        return "content-blurred" if _detail(image) < BLURRED else ""


def _grey(image: Image.Image, edge: int) -> Image.Image:
    image.draft("L", (edge, edge))
    grey = image.convert("L")
    grey.thumbnail((edge, edge))
    return grey


def _steps(image: Image.Image) -> NDArray[np.float64]:
    """Return the differences between neighbouring pixels."""
    grey = np.asarray(_grey(image, EDGE), dtype=np.float64)
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    return np.concatenate([across.ravel(), down.ravel()])


def _detail(image: Image.Image) -> float:
    """Return what a slight blur takes from the sharpest places: little, if the picture is blurred already."""
    grey = _grey(image, 2 * EDGE)
    soft = np.asarray(grey.filter(ImageFilter.GaussianBlur(1)), dtype=np.float64)
    lost = np.sort(np.abs(np.asarray(grey, dtype=np.float64) - soft).ravel())
    return float(lost[-max(1, lost.size // 10) :].mean())

"""Advice before painting begins: which photos and styles are likely to disappoint, and why."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

EDGE = 256  # pixels: the longer side at which pictures are examined
TINY = 200  # pixels: a style with a smaller side has too little texture
LONG = 3.0  # ratio of the sides from which a photo counts as a panorama: its narrow side gets few pixels
FLAT = 3.5  # mean difference between neighbouring pixels, 0..255: below it a style has colours but no texture
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
    """Return how much a slight blur changes the sharpest tenth of the pixels: little if the picture is blurred."""
    grey = _grey(image, 2 * EDGE)
    soft = np.asarray(grey.filter(ImageFilter.GaussianBlur(1)), dtype=np.float64)
    lost = np.sort(np.abs(np.asarray(grey, dtype=np.float64) - soft).ravel())
    return float(lost[-max(1, lost.size // 10) :].mean())

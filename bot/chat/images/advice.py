"""Advice before painting begins: which photos and styles are likely to disappoint, and why."""

from __future__ import annotations

import numpy as np
import structlog
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from engine.reading.load import load_image

log = structlog.get_logger(__name__)

EDGE = 256  # pixels: the longer side at which pictures are examined
SEEN = 2 * EDGE, 2 * EDGE  # a large JPEG is decoded no smaller; a smaller one is as it is
TINY = 200  # pixels: a style with a smaller side has too little texture
LONG = 3.0  # ratio of the sides from which a photo counts as a panorama: its narrow side gets few pixels
FLAT = 3.5  # mean difference between neighbouring pixels, 0..255: below it a style has colours but no texture
BLURRED = 1.2  # mean detail of the sharpest tenth, 0..255, that a photo in focus exceeds


def look(content: bytes, style: bytes | None) -> str:
    """Return the name of the most important advice, or an empty text; `style` is None where it is a preset.

    Advice is optional: what goes wrong with it is a line in the log.
    """
    try:
        if style is not None and (advice := _of_style(load_image(style, at_least=SEEN))):
            return advice
        return _of_content(load_image(content, at_least=SEEN))
    except Exception:
        log.exception("no advice on a picture")
        return ""


def _of_style(style: Image.Image) -> str:
    if min(style.size) < TINY:
        return "style-tiny"
    return "style-flat" if _steps(style).mean() < FLAT else ""


def _of_content(content: Image.Image) -> str:
    if max(content.size) > LONG * min(content.size):
        return "content-long"
    return "content-blurred" if _detail(content) < BLURRED else ""


def _grey(image: Image.Image, edge: int) -> Image.Image:
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

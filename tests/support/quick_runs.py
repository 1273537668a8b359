"""Short runs of the engine for tests, and their pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

import engine

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def pixels(image: Image.Image) -> Pixels:
    """Return the values of a picture, (H, W, 3) in 0..255."""
    return np.asarray(image, dtype=np.float64)


def painted(content: Image.Image, styles: Sequence[Image.Image], model: engine.Model, **choice: object) -> Image.Image:
    """Paint a picture of 64 px in 30 iterations, or as the options say."""
    options = engine.preset("sketch", **{"size": 64, "iterations": 30, **choice})
    return engine.stylize(content, styles, options, model=model).image

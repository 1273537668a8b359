"""What all drawings share: the size of the picture, named colours, noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

EDGE = 640  # pixels, both sides of a style picture

Floats = NDArray[np.float64]
Color = tuple[int, int, int]

RUBY, COBALT, EMERALD, AMBER, VIOLET, CYAN, ROSE, LEAF = (
    (190, 24, 44),
    (24, 62, 178),
    (14, 128, 84),
    (244, 178, 30),
    (112, 44, 150),
    (72, 178, 214),
    (232, 108, 130),
    (140, 186, 50),
)


def noise(rng: np.random.Generator, cells: int) -> Floats:
    """Return smooth noise in -0.5..0.5, EDGE×EDGE: `cells`×`cells` random values, interpolated."""
    coarse = Image.fromarray((rng.random((cells, cells)) * 255).astype(np.uint8))
    return np.asarray(coarse.resize((EDGE, EDGE), Image.Resampling.BICUBIC), dtype=np.float64) / 255 - 0.5


def shade(color: Color, light: float) -> Color:
    """Return a colour made darker (light < 1) or brighter (light > 1)."""
    red, green, blue = (int(np.clip(value * light, 0, 255)) for value in color)
    return red, green, blue


def picture_of(values: Floats) -> Image.Image:
    """Return height×width×3 values in 0..255 as a picture."""
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))

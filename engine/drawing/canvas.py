"""What all drawings share: a canvas of any size, named colours, noise.

Drawings think in units: every canvas is EDGE units wide and high, so that a style looks alike at any size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

EDGE = 640
"""Width and height of a canvas in units; at the usual size a unit is a pixel."""

Floats = NDArray[np.float64]
Color = tuple[int, int, int]
Points = list[tuple[float, float]]

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


class Canvas:
    """The pixels of one drawing and its random numbers.

    The same numbers are drawn at every size: what differs with the size is how finely they are shown.

    Args:
        style: Number of the style: each has random numbers of its own.
        size: Width and height in pixels, from 1.
        seed: From 0; another seed gives another picture of the same style.

    Attributes:
        rng: Draws the random numbers.
        unit: Pixels of a unit.
    """

    def __init__(self, style: int, size: int, seed: int) -> None:
        self.size = size
        self.unit = size / EDGE
        self.rng = np.random.default_rng((style, seed))

    def grid(self) -> tuple[Floats, Floats]:
        """Return y and x of each pixel's centre in units, each size×size."""
        y, x = np.meshgrid(self.columns(), self.columns(), indexing="ij")
        return y, x

    def columns(self) -> Floats:
        """Return x of each column of pixels in units."""
        return (np.arange(self.size, dtype=np.float64) + 0.5) / self.unit - 0.5

    def noise(self, cells: int) -> Floats:
        """Return smooth noise in -0.5..0.5, size×size: `cells`×`cells` random values, interpolated."""
        coarse = Image.fromarray((self.rng.random((cells, cells)) * 255).astype(np.uint8))
        pixels = coarse.resize((self.size, self.size), Image.Resampling.BICUBIC)
        return np.asarray(pixels, dtype=np.float64) / 255 - 0.5

    def pixels(self, points: Points) -> Points:
        """Return points in pixels, as ImageDraw takes them."""
        return [(x * self.unit, y * self.unit) for x, y in points]

    def width(self, units: float) -> int:
        """Return the width of a line in pixels, at least 1."""
        return max(1, round(units * self.unit))


def shade(color: Color, light: float) -> Color:
    """Return a colour made darker (light < 1) or brighter (light > 1)."""
    red, green, blue = (int(min(max(value * light, 0.0), 255.0)) for value in color)
    return red, green, blue


def picture_of(values: Floats) -> Image.Image:
    """Return height×width×3 values in 0..255 as a picture."""
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))

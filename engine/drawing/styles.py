"""The drawn styles by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from PIL import Image

from engine.drawing.canvas import EDGE
from engine.drawing.glass import mosaic, stained_glass
from engine.drawing.paint import oil_swirl, pointillism, watercolour
from engine.drawing.press import blueprint, ink_wash, woodcut


class Draw(Protocol):
    """Draws a style: a square picture of mode RGB.

    Its size in pixels says how finely it is shown; another seed gives another picture of the same style.
    """

    def __call__(self, size: int = EDGE, seed: int = 0) -> Image.Image:
        """Draw it."""


DRAWN: Mapping[str, Draw] = MappingProxyType(
    {
        "stained-glass": stained_glass,
        "mosaic": mosaic,
        "ink-wash": ink_wash,
        "woodcut": woodcut,
        "oil-swirl": oil_swirl,
        "pointillism": pointillism,
        "watercolour": watercolour,
        "blueprint": blueprint,
    }
)

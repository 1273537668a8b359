"""The pictures of a study that is given none: photographs that ship with scikit-image, and drawn styles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PIL import Image

from engine.drawing.styles import DRAWN

Make = Callable[[], Image.Image]

PHOTOGRAPHS = ("chelsea", "coffee", "astronaut", "rocket", "camera", "hubble_deep_field")
"""Of scikit-image, free of rights, in its wheel: nothing is downloaded. Chelsea is a cat."""


def photographs() -> Mapping[str, Make]:
    """Return the contents by file name."""
    return {f"content/{name}.png": partial(_photograph, name) for name in PHOTOGRAPHS}


def styles(size: int, seed: int) -> Mapping[str, Make]:
    """Return the drawn styles by file name, at a size in pixels and a seed."""
    return {f"style/{name}.png": partial(draw, size, seed) for name, draw in DRAWN.items()}


def _photograph(name: str) -> Image.Image:
    import skimage.data

    return Image.fromarray(getattr(skimage.data, name)()).convert("RGB")

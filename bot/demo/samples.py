"""Pictures to try: a cat, and three of the styles that are drawn by our own code. Every call draws the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import skimage.data
from PIL import Image

from bot.presets.glass import stained_glass
from bot.presets.paint import oil_swirl, pointillism

__all__ = ["cat", "oil_swirl", "pointillism", "stained_glass", "write_samples"]


def write_samples(folder: Path) -> list[Path]:
    """Write all sample pictures into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    drawings: dict[str, Callable[[], Image.Image]] = {
        "content-cat.jpg": cat,
        "style-stained-glass.jpg": stained_glass,
        "style-oil-swirl.jpg": oil_swirl,
        "style-pointillism.jpg": pointillism,
    }
    for name, draw in drawings.items():
        draw().save(folder / name, quality=95)
    return [folder / name for name in drawings]


def cat() -> Image.Image:
    """Chelsea the cat, by Stéfan van der Walt (CC0), as scikit-image bundles it: 451×300."""
    return Image.fromarray(skimage.data.chelsea())

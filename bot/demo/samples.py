"""Sample pictures: a photograph of a cat, and three of the drawn styles. Every call gives the same pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import skimage.data
from PIL import Image

from engine.drawing.glass import stained_glass
from engine.drawing.paint import oil_swirl, pointillism


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
    """Return the photograph of Chelsea the cat by Stéfan van der Walt (CC0) from scikit-image: 451×300 pixels."""
    return Image.fromarray(skimage.data.chelsea())

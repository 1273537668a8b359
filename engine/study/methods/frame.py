"""The size of an output, which all methods share."""

from __future__ import annotations

from PIL import Image, ImageOps

from engine.sizes import Size, fit


def at_edge(picture: Image.Image, edge: int) -> Image.Image:
    """Resize by Lanczos' filter until the longest edge has so many pixels."""
    return picture.resize(fit(picture.size, edge), Image.Resampling.LANCZOS)


def as_output(picture: Image.Image, content: Image.Image, edge: int) -> Image.Image:
    """Resize by Lanczos' filter to the size that the output of a content has."""
    return picture.resize(fit(content.size, edge), Image.Resampling.LANCZOS)


def filling(picture: Image.Image, size: Size) -> Image.Image:
    """Crop in the middle and resize by Lanczos' filter to a size."""
    return ImageOps.fit(picture, size, Image.Resampling.LANCZOS)

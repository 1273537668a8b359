"""Enlargement without learned weights. The engine's own pass, which repaints the strokes, is `Options.upscale`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.sizes import Size

Channel = NDArray[np.float32]
"""(H, W), about 0..255."""


def lanczos(picture: Image.Image, times: int) -> Image.Image:
    """Enlarge by Lanczos' filter of three lobes.

    Args:
        picture: RGB.
        times: Factor of both edges, from 1.

    Returns:
        An RGB picture.
    """
    return picture.resize((times * picture.width, times * picture.height), Image.Resampling.LANCZOS)


def back_projection(picture: Image.Image, times: int, *, iterations: int = 10) -> Image.Image:
    """Enlarge so that the result, reduced again, is the picture (iterative back-projection; Irani and Peleg 1991).

    x ← x + U (y - D x), from x = U y: y is the picture, D reduces by Lanczos' filter, U enlarges by it. Edges become
    sharper than by `lanczos`; no detail is invented.

    Args:
        picture: RGB.
        times: Factor of both edges, from 1.
        iterations: From 0, which is `lanczos` without rounding.

    Returns:
        An RGB picture.
    """
    large = (times * picture.width, times * picture.height)
    channels = []
    for band in picture.split():
        small = np.asarray(band, dtype=np.float32)
        found = _resized(small, large)
        for _ in range(iterations):
            found += _resized(small - _resized(found, picture.size), large)
        channels.append(Image.fromarray(found.clip(0, 255).round().astype(np.uint8)))
    return Image.merge("RGB", channels)


ENLARGERS: Mapping[str, Callable[[Image.Image, int], Image.Image]] = MappingProxyType(
    {"lanczos": lanczos, "back-projection": back_projection}
)
"""The functions by their names in `engine.Options.enlarge`."""


def _resized(channel: Channel, size: Size) -> Channel:
    return np.array(Image.fromarray(channel).resize(size, Image.Resampling.LANCZOS))

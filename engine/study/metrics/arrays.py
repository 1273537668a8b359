"""Pictures as arrays of numbers, for the metrics that read no network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.color import rgb2lab

Array = NDArray[np.float64]

LUMA = np.array([0.299, 0.587, 0.114])
"""Weights of red, green and blue in the luminance (ITU-R BT.601, as in JPEG)."""


def rgb(image: Image.Image) -> Array:
    """Return the channels, (H, W, 3) in 0..1."""
    return np.asarray(image.convert("RGB"), dtype=np.float64) / 255


def luminance(image: Image.Image) -> Array:
    """Return the luminance, (H, W) in 0..1."""
    weighted: Array = rgb(image) @ LUMA
    return weighted


def lab(image: Image.Image) -> Array:
    """Return CIE L*a*b* of all pixels (D65, 2°), (H·W, 3): L in 0..100, a and b in about -110..110."""
    converted: Array = rgb2lab(np.asarray(image.convert("RGB"), dtype=np.float64) / 255)
    return converted.reshape(-1, 3)

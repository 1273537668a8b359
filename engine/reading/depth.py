"""Pictures of 16 and 32 bits and of floating-point numbers, as 8 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WHITES = (2**8 - 1, 2**16 - 1, 2**24 - 1, 2**31 - 1, 2**32 - 1)
"""What white can be where the format does not say it: the largest number of so many bits."""

SPARKS = 0.999  # the share of a picture of floats that is no brighter than white: single pixels may be


def eight_bits(image: Image.Image, *, unsigned: bool = False, inverted: bool = False) -> Image.Image:
    """Return a grey picture of mode I;16, I or F as mode L; Pillow's own conversion clips at 255.

    Args:
        image: The picture. 16 bits are scaled by 65535. Of the other modes white is guessed: floats up to 1 or 255, the
            largest number of 8, 16, 24, 31 or 32 bits. Pictures with negative numbers are stretched from the least to
            the greatest.
        unsigned: Whether numbers of mode I are unsigned; Pillow keeps them as signed ones.
        inverted: Whether 0 is white.
    """
    if image.mode.startswith("I;16"):
        values, black, white = np.asarray(image).astype(np.float32), 0.0, 65535.0
    elif image.mode == "I":
        pixels = np.asarray(image)
        values = (pixels.view(np.uint32) if unsigned else pixels).astype(np.float32)
        black, white = _range(values, float(values.max()))
    else:
        values = np.nan_to_num(np.asarray(image, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        high = float(np.quantile(values, SPARKS))
        black, white = (0.0, 1.0) if values.min() >= 0 and high <= 1 else _range(values, high)
    values -= np.float32(black)
    values *= np.float32(255 / max(white - black, 1e-30))
    grey = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return Image.fromarray(255 - grey if inverted else grey)


def _range(values: NDArray[np.float32], high: float) -> tuple[float, float]:
    """Return which numbers are black and white."""
    low = float(values.min())
    if low < 0:
        return low, float(values.max())
    return 0.0, float(next((white for white in WHITES if high <= white), high))

"""A finished picture mixed with its content: strength chosen afterwards, at no cost."""

from __future__ import annotations

import math

from PIL import Image

from engine.errors import OptionsError
from engine.images.io import upright_rgb
from engine.images.tensors import centre_square, resize, same_shape


def blend(content: Image.Image, output: Image.Image, amount: float) -> Image.Image:
    """Mix an output with its content, pixel by pixel.

    Args:
        content: The picture that was painted, any size and mode.
        output: What `stylize` made of it.
        amount: Share of the output: 0 the content, resized, .. 1 the output untouched.

    Returns:
        RGB, the output's size.

    Raises:
        OptionsError: The amount lies outside 0..1, or the output has neither the content's shape nor is a square
            cut from it.
    """
    if isinstance(amount, bool) or not (math.isfinite(amount) and 0 <= amount <= 1):
        raise OptionsError(f"Amount must be a number from 0 to 1, not {amount!r}.")
    content, output = upright_rgb(content), upright_rgb(output)
    return Image.blend(_beneath(content, output), output, amount)


def _beneath(content: Image.Image, output: Image.Image) -> Image.Image:
    """The content as the output shows it: resized, or the square that `paper` cuts."""
    if same_shape(output.size, content.size):
        return resize(content, output.size)
    if output.width == output.height:
        return centre_square(content, output.width)
    raise OptionsError(
        f"The output ({output.width}×{output.height}) must have the content's shape ({content.width}×{content.height})."
    )

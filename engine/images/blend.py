"""Blending a finished picture with its content: a weaker strength without another run."""

from __future__ import annotations

import math

from PIL import Image

from engine.errors import OptionsError
from engine.images.tensors import centre_square, resize
from engine.reading.load import upright_rgb
from engine.sizes import same_shape


def blend(content: Image.Image, output: Image.Image, amount: float) -> Image.Image:
    """Blend an output with its content, pixel by pixel.

    Args:
        content: The picture that was painted, any size and mode.
        output: What `stylize` returned for it.
        amount: Share of the output, 0..1: at 0 the resized content, at 1 the unchanged output.

    Returns:
        An RGB picture of the output's size.

    Raises:
        OptionsError: The amount lies outside 0..1, or the output has another shape than the content and is no square.
    """
    if isinstance(amount, bool) or not (math.isfinite(amount) and 0 <= amount <= 1):
        raise OptionsError(f"Amount must be a number from 0 to 1, not {amount!r}.")
    content, output = upright_rgb(content), upright_rgb(output)
    if same_shape(output.size, content.size):
        content = resize(content, output.size)
    elif output.width == output.height:  # the preset `paper` crops a square
        content = centre_square(content, output.width)
    else:
        raise OptionsError(
            f"The output ({output.width}×{output.height}) must have the content's shape "
            f"({content.width}×{content.height})."
        )
    return Image.blend(content, output, amount)

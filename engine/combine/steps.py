"""What is done to a picture before it is painted and after it, as the options say."""

from __future__ import annotations

from PIL import Image, ImageOps

from engine.combine import composition
from engine.combine.denoise import DENOISERS
from engine.combine.enlarge import ENLARGERS
from engine.options import Options, aspect_ratio


def prepared(content: Image.Image, options: Options) -> Image.Image:
    """Compose the content, and remove its noise.

    Args:
        content: RGB.
        options: `rotate`, `mirror`, `crop`, `extend` and `denoise_content` are applied, in this order.

    Returns:
        RGB; no larger than it is painted if noise is removed, because reducing a picture removes noise too.
    """
    content = composition.rotated(content, options.rotate)
    if options.mirror:
        content = ImageOps.mirror(content)
    if options.crop == "thirds":
        content = composition.crop_by_thirds(content)
    elif options.crop:
        content = composition.crop_to_aspect(content, aspect_ratio(options.crop))
    if options.extend:
        content = composition.extended(content, aspect_ratio(options.extend))
    if options.denoise_content:
        edge = min(content.size) if options.hyperparameters.square else max(content.size)
        scale = min(1.0, options.painted_edge / edge)
        size = (max(1, round(scale * content.width)), max(1, round(scale * content.height)))
        content = DENOISERS[options.denoise_content](content.resize(size, Image.Resampling.LANCZOS))
    return content


def finished(output: Image.Image, options: Options) -> Image.Image:
    """Remove noise from a painted picture, and enlarge it.

    Args:
        output: RGB.
        options: `denoise_output` is applied, then `upscale` where `enlarge` names a filter.

    Returns:
        RGB.
    """
    if options.denoise_output:
        output = DENOISERS[options.denoise_output](output)
    if options.upscale > 1 and options.enlarge != "strokes":
        output = ENLARGERS[options.enlarge](output, options.upscale)
    return output


def described(options: Options) -> list[str]:
    """Return what `prepared` and `finished` do, as phrases for a report such as `crop 4:5`."""
    names = ("rotate", "mirror", "crop", "extend", "denoise_content", "denoise_output", "enlarge")
    usual = Options()
    return [f"{name} {value}" for name in names if (value := getattr(options, name)) != getattr(usual, name)]

"""The public verb: a content picture painted like one or more style pictures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from engine import images
from engine.errors import OptionsError
from engine.memory import memory_errors
from engine.model import Model, load_model
from engine.options import Options
from engine.painting import Painting
from engine.pixels import Size, same_shape
from engine.progress import OnProgress, ShouldStop
from engine.regions import check_masks
from engine.report import Result

Picture = Image.Image | images.Source
"""A PIL picture, a path, or the bytes of a file."""


def stylize(
    content: Picture,
    styles: Sequence[Picture],
    options: Options | None = None,
    *,
    model: Model | None = None,
    masks: Sequence[Picture | None] | None = None,
    start: Picture | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Result:
    """Paint a content picture like one or more style pictures (Gatys et al. 2016).

    Args:
        content: The picture to paint; the output keeps its aspect ratio (`paper` cuts a square).
        styles: One picture or more; `options.style_weights` shares them out.
        options: None: the preset `standard`.
        model: From `load_model`, for many pictures; None: loaded for this one.
        masks: For each style, where it is painted: a picture of the content's shape, white = painted, grey =
            weaker; None: everywhere. Where all are black, the output is the content, resized.
        start: A picture to go on from, such as an earlier result, with other options and without starting over:
            scales coarser than it are skipped. Of the output's shape, any size.
        on_progress: Called on this thread as the picture grows.
        should_stop: Asked at every iteration; when it says True the run ends with the best picture so far.

    Returns:
        The picture and a report of the run.

    Raises:
        ImageError: A picture cannot be read.
        OptionsError: No style, not one weight or mask for each style, or a mask or start picture of another shape.
        WeightsError: There are no usable weights.
        OutOfMemoryError: The picture is too large for the device.
    """
    options = options or Options()
    _check_styles(styles, options)
    canvas, sheets = _open(content), [_open(style) for style in styles]
    begin = _open_start(start, canvas.size, options)
    stencils = _open_masks(masks, len(sheets), canvas.size)
    model = model or load_model()
    began = time.monotonic()
    with memory_errors():
        painting = Painting(
            canvas,
            sheets,
            options,
            model,
            masks=stencils,
            start=begin,
            on_progress=on_progress,
            should_stop=should_stop,
        )
        image = painting.paint()
        return Result(image=image, report=painting.report(time.monotonic() - began))


def _check_styles(styles: Sequence[Picture], options: Options) -> None:
    if isinstance(styles, (str, bytes, Path, Image.Image)) or not styles:
        raise OptionsError("Give a list of one style picture or more.")
    if options.style_weights and len(options.style_weights) != len(styles):
        raise OptionsError(f"Give one style weight for each of the {len(styles)} styles, or none.")


def _open_masks(masks: Sequence[Picture | None] | None, styles: int, content: Size) -> list[Image.Image | None] | None:
    if masks is None:
        return None
    if isinstance(masks, (str, bytes, Path, Image.Image)):
        raise OptionsError("Give a list of masks, one or None for each style.")
    opened = [None if mask is None else _open(mask).convert("L") for mask in masks]
    check_masks(opened, styles, content)
    return opened


def _open_start(start: Picture | None, content: Size, options: Options) -> Image.Image | None:
    if start is None:
        return None
    if options.init != "content":
        raise OptionsError(f"Give a start picture or init {options.init}, not both.")
    opened = _open(start)
    shape = (1, 1) if options.recipe.crop else content
    if not same_shape(opened.size, shape):
        whose = "a square" if options.recipe.crop else "of the content's shape"
        raise OptionsError(f"The start picture must be {whose}; it is {opened.width}×{opened.height}.")
    return opened


def _open(picture: Picture) -> Image.Image:
    return images.upright_rgb(picture) if isinstance(picture, Image.Image) else images.load_image(picture)

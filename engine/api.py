"""The public verbs: content pictures painted like one or more style pictures."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from engine.errors import OptionsError, OutOfMemoryError
from engine.model import Model, load_model
from engine.network.memory import Means, memory_errors
from engine.optimize.canvas import Painting
from engine.optimize.capacity import affordable
from engine.optimize.run import Studio
from engine.options import Options
from engine.progress import OnProgress, ShouldStop, Watch
from engine.report import Result
from engine.request import Opened, Picture, Request


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
    request = Request(content, styles, options or Options(), masks=masks, start=start, on_progress=on_progress)
    return stylize_batch([request], model=model, should_stop=should_stop)[0]


def stylize_batch(
    requests: Sequence[Request], *, model: Model | None = None, should_stop: ShouldStop | None = None
) -> list[Result]:
    """Paint several pictures of one bucket at once: on a GPU in a fraction of the time that they take one by one.

    Args:
        requests: One or more. A bucket is what has equal sizes at all scales, one recipe, and as many regions.
        model: From `load_model`; None: loaded for these.
        should_stop: Asked at every iteration; when it says True all end with their best pictures so far.

    Returns:
        For each request what `stylize` returns, but for the rounding of sums in another order.

    Raises:
        OptionsError: The requests are of different buckets, or `stylize` would raise it.
        ImageError, WeightsError, OutOfMemoryError: As `stylize` raises them.
    """
    opened = [request.opened() for request in requests]
    paintings = [request.painting() for request in opened]
    _check_bucket(paintings)
    model = model or load_model()
    *ways, last = affordable(model, paintings)
    for means in ways:
        # The error is let go of at once: its traceback holds what the failed attempt had allocated.
        with suppress(OutOfMemoryError), memory_errors():
            return _paint(opened, model, should_stop, means)
        model.forget()
    with memory_errors():
        return _paint(opened, model, should_stop, last)


def _paint(requests: Sequence[Opened], model: Model, should_stop: ShouldStop | None, means: Means) -> list[Result]:
    paintings = [request.painting(means.shrink) for request in requests]
    # Looking at the losses makes CUDA wait for the device, so not every time.
    every = 10 if model.device.startswith("cuda") else 1
    watch = Watch(paintings[0].plan, [request.on_progress for request in requests], should_stop, every)
    return Studio(paintings, model, watch, means).paint()


def _check_bucket(paintings: Sequence[Painting]) -> None:
    if not paintings:
        raise OptionsError("Give one request or more.")
    if len({painting.bucket for painting in paintings}) > 1:
        raise OptionsError("Pictures of a batch must have equal sizes, one preset, and as many regions each.")
    if len(paintings) > 1 and paintings[0].options.recipe.optimizer == "published":
        raise OptionsError("The published descent cannot paint a batch; choose another preset than paper.")

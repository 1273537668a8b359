"""The public functions that paint pictures: `stylize` for one, `stylize_batch` for several at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from engine.errors import OptionsError, OutOfMemoryError
from engine.model import Model, load_model
from engine.network.memory import MemoryPlan, memory_errors
from engine.optimize.canvas import Canvas
from engine.optimize.capacity import affordable_plans
from engine.optimize.run import Run
from engine.options import Options
from engine.progress import OnProgress, ProgressTracker, ShouldStop
from engine.report import Result
from engine.request import Picture, Request


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
        content: The picture to paint; the output has its aspect ratio (with `paper` it is a square).
        styles: One picture or more, of any size; `options.style_weights` says how much each counts.
        options: None: the preset `standard`.
        model: From `load_model`, to be used for many pictures; None: loaded for this one.
        masks: For each style, a picture of the content's shape that says where it is painted: white = painted,
            grey = weaker, black = not; or None for everywhere. Where all masks are black, the output is the resized
            content.
        start: A picture to continue from instead of starting over, such as an earlier result, perhaps with other
            options. It must have the output's shape, in any size; scales coarser than it are skipped.
        on_progress: Called on this thread after an iteration.
        should_stop: Called on this thread after every iteration; when it returns True, the run ends with the best
            picture so far.

    Returns:
        The painted picture and a report of the run.

    Raises:
        ImageError: A picture cannot be read.
        OptionsError: There is no style, or not one weight or mask for each style, or a mask or start picture has
            another shape.
        WeightsError: There are no usable weights.
        OutOfMemoryError: The picture is too large for the device.
    """
    request = Request(content, styles, options or Options(), masks=masks, start=start, on_progress=on_progress)
    return stylize_batch([request], model=model, should_stop=should_stop)[0]


def stylize_batch(
    requests: Sequence[Request], *, model: Model | None = None, should_stop: ShouldStop | None = None
) -> list[Result]:
    """Paint several pictures of one bucket at once; a GPU needs a fraction of the time that single runs take.

    Args:
        requests: One or more, of one bucket: equal sizes at all scales, equal hyperparameters, as many regions
            each.
        model: From `load_model`; None: loaded for these pictures.
        should_stop: Called after every iteration; when it returns True, all end with their best pictures so far.

    Returns:
        For each request the result that `stylize` returns for it, except for rounding errors of sums.

    Raises:
        OptionsError: The requests are of different buckets, or `stylize` would raise it.
        ImageError, WeightsError, OutOfMemoryError: As `stylize` raises them.
    """
    canvases = [request.canvas() for request in requests]
    _check_bucket(canvases)
    model = model or load_model()
    on_progress = [request.on_progress for request in requests]
    *plans, last = affordable_plans(model, canvases)
    for plan in plans:
        # The error is not kept: its traceback refers to what the failed attempt had allocated.
        with suppress(OutOfMemoryError):
            return _paint(canvases, model, plan, on_progress, should_stop)
        model.forget()
    return _paint(canvases, model, last, on_progress, should_stop)


def _paint(
    canvases: Sequence[Canvas],
    model: Model,
    plan: MemoryPlan,
    on_progress: Sequence[OnProgress | None],
    should_stop: ShouldStop | None,
) -> list[Result]:
    if plan.shrink > 1:
        canvases = [canvas.shrunk(plan.shrink) for canvas in canvases]
    # Each report reads the losses, for which a CUDA device must wait.
    every = 10 if model.device.startswith("cuda") else 1
    tracker = ProgressTracker(canvases[0].schedule, on_progress, should_stop, every)
    with memory_errors():
        return Run(canvases, model, tracker, plan).paint()


def _check_bucket(canvases: Sequence[Canvas]) -> None:
    if not canvases:
        raise OptionsError("Give one request or more.")
    if len({canvas.bucket for canvas in canvases}) > 1:
        raise OptionsError("Pictures of a batch must have equal sizes, one preset, and as many regions each.")
    if len(canvases) > 1 and canvases[0].options.hyperparameters.optimizer == "published":
        raise OptionsError("The published optimiser cannot paint a batch; choose another preset than paper.")

"""Progress of a run: what the caller is told of it, and how the caller stops it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image
from torch import Tensor

from engine.sizes import Size


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The state of a run after an iteration, passed to `on_progress`."""

    fraction: float  # of the work, 0..1; an iteration at a large scale is more work than one at a small scale
    iteration: int  # from 1, counted through all scales
    iterations: int  # expected in all scales together
    size: Size  # width and height of the present scale, in pixels
    loss: float  # the weighted sum; comparable within one scale only
    seconds_left: float | None  # estimated; None after the first iteration
    picture: Callable[[], Image.Image]  # see `preview`

    def preview(self) -> Image.Image:
        """The present picture at the present scale, RGB. It is computed by this call, while `on_progress` runs."""
        return self.picture()


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


class EarlyStop(Exception):  # noqa: N818  not an error: the run ends and returns its best picture
    """Ends the optimisation from within an evaluation.

    Args:
        by_caller: Whether the caller asked for it; otherwise the loss was no longer finite.
    """

    def __init__(self, *, by_caller: bool) -> None:
        super().__init__()
        self.by_caller = by_caller


class ProgressTracker:
    """Counts the iterations of a run, reports them to the caller and asks whether to stop.

    Args:
        schedule: Size and iterations of each scale, coarse to fine.
        on_progress: For each picture of the batch, the callback of every `every`th iteration.
        should_stop: Called after every iteration.
        every: Iterations between reports. Each report reads the losses, which makes a CUDA device wait.
    """

    def __init__(
        self,
        schedule: list[tuple[Size, int]],
        on_progress: Sequence[OnProgress | None],
        should_stop: ShouldStop | None,
        every: int = 1,
    ) -> None:
        self.iteration = 0
        self._on_progress = on_progress
        self._should_stop = should_stop or (lambda: False)
        self._every = every
        self._iterations = sum(iterations for _, iterations in schedule)
        self._work = sum(iterations * _cost(size) for size, iterations in schedule)
        self._done = 0.0
        self._timed_from: tuple[float, float] | None = None  # time and work done after the first report

    def step(self, losses: Tensor, size: Size, picture: Callable[[int], Image.Image]) -> None:
        """Count an iteration.

        Args:
            losses: (N,), of this iteration.
            size: Width and height of the present scale.
            picture: Makes the preview of the picture with this index in the batch.

        Raises:
            EarlyStop: The caller wants to stop, or no loss is finite.
        """
        self.iteration += 1
        self._done = min(self._work, self._done + _cost(size))
        if self.iteration % self._every == 0:
            self._report(losses.detach().tolist(), size, picture)
        if self._should_stop():
            raise EarlyStop(by_caller=True)

    def _report(self, losses: list[float], size: Size, picture: Callable[[int], Image.Image]) -> None:
        if not any(map(math.isfinite, losses)):
            raise EarlyStop(by_caller=False)
        seconds_left = self._seconds_left()
        for number, (on_progress, loss) in enumerate(zip(self._on_progress, losses, strict=True)):
            if on_progress:
                on_progress(
                    Progress(
                        fraction=self._done / self._work,
                        iteration=self.iteration,
                        iterations=max(self._iterations, self.iteration),
                        size=size,
                        loss=loss,
                        seconds_left=seconds_left,
                        picture=partial(picture, number),
                    )
                )

    def _seconds_left(self) -> float | None:
        now = time.monotonic()
        if self._timed_from is None:  # the first iteration is not timed: it also initialises libraries and kernels
            self._timed_from = (now, self._done)
            return None
        began, before = self._timed_from
        return (now - began) / (self._done - before) * (self._work - self._done) if self._done > before else 0.0


def _cost(size: Size) -> float:
    """Relative cost of an iteration: its pixels, and a constant for the work that does not depend on them."""
    return size[0] * size[1] + 4096.0

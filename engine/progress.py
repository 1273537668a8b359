"""How a run tells of itself, and how it is stopped."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image
from torch import Tensor

from engine.images.tensors import Size


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One moment of a run, passed to `on_progress`."""

    fraction: float  # of the work, 0..1; a step of a large scale counts for more than one of a small
    iteration: int  # from 1, through all scales
    iterations: int  # expected in all
    size: Size  # width and height of the present scale, in pixels
    loss: float  # the weighted sum; comparable within one scale only
    seconds_left: float | None  # None until there is something to go by
    picture: Callable[[], Image.Image]  # see `preview`

    def preview(self) -> Image.Image:
        """The picture as it stands now, at the present scale; made only when asked for."""
        return self.picture()


OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


class Halt(Exception):  # noqa: N818  not an error: the run ends early and keeps its best picture
    """Ends a descent from within.

    Args:
        stopped: The caller asked for it; otherwise the loss was no longer a number.
    """

    def __init__(self, *, stopped: bool) -> None:
        super().__init__()
        self.stopped = stopped


class Watch:
    """Counts a run's iterations, tells the caller of them and asks whether to stop.

    Args:
        plan: Each scale's size and iterations, coarse to fine.
        on_progress: For each picture that is painted, whom to tell of every `every`th iteration.
        should_stop: Asked at every iteration.
        every: Iterations between looks at the loss; each look makes a CUDA device wait.
    """

    def __init__(
        self,
        plan: list[tuple[Size, int]],
        on_progress: Sequence[OnProgress | None],
        should_stop: ShouldStop | None,
        every: int = 1,
    ) -> None:
        self.iteration = 0
        self._on_progress = on_progress
        self._should_stop = should_stop or (lambda: False)
        self._every = every
        self._iterations = sum(iterations for _, iterations in plan)
        self._work = sum(iterations * _cost(size) for size, iterations in plan)
        self._done = 0.0
        self._timed_from: tuple[float, float] | None = None  # clock and work done once warm

    def step(self, losses: Tensor, size: Size, picture: Callable[[int], Image.Image]) -> None:
        """Count an iteration.

        Args:
            losses: (N,), what it evaluated.
            size: Of the pictures.
            picture: Each one's preview by its number.

        Raises:
            Halt: The caller wants to stop, or no loss is finite any more.
        """
        self.iteration += 1
        self._done = min(self._work, self._done + _cost(size))
        if self.iteration % self._every == 0:
            self._look(losses.detach().tolist(), size, picture)
        if self._should_stop():
            raise Halt(stopped=True)

    def _look(self, losses: list[float], size: Size, picture: Callable[[int], Image.Image]) -> None:
        if not any(map(math.isfinite, losses)):
            raise Halt(stopped=False)
        left = self._seconds_left()
        for number, (tell, loss) in enumerate(zip(self._on_progress, losses, strict=True)):
            if tell:
                tell(
                    Progress(
                        fraction=self._done / self._work,
                        iteration=self.iteration,
                        iterations=max(self._iterations, self.iteration),
                        size=size,
                        loss=loss,
                        seconds_left=left,
                        picture=partial(picture, number),
                    )
                )

    def _seconds_left(self) -> float | None:
        now = time.monotonic()
        if self._timed_from is None:  # the first iteration also pays for warming up
            self._timed_from = (now, self._done)
            return None
        began, before = self._timed_from
        return (now - began) / (self._done - before) * (self._work - self._done) if self._done > before else 0.0


def _cost(size: Size) -> float:
    """Relative cost of an iteration: its pixels, and a constant for what does not depend on them."""
    return size[0] * size[1] + 4096.0

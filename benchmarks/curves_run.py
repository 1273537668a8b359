"""One configuration paints one pair: pictures taken on the way, and what they score."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from torch import Tensor

import engine
from benchmarks.curves_configs import Config
from benchmarks.scoring import Judge
from engine.images.tensors import centre_square
from engine.reading.load import load_image

Pair = tuple[Path, Path]
"""A content and a style."""

_FIRST = 4
"""Iterations of a scale at its first snapshot."""

_RATIO = 2
"""Iterations at one snapshot relative to those at the one before."""


class Snapshots:
    """Takes pictures of a run at log-spaced iterations of each scale, as its `on_progress`, and keeps its clock."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, int, Image.Image]] = []  # seconds, iteration, picture
        self._size, self._before = (0, 0), 0  # of the present scale; iterations of the scales before
        self._last, self._next = 0, _FIRST
        self._began, self._apart = time.perf_counter(), 0.0

    def __call__(self, progress: engine.Progress) -> None:
        """Take a picture if it is time for one."""
        if progress.size != self._size:
            self._size, self._before, self._next = progress.size, self._last, _FIRST
        self._last = progress.iteration
        if progress.iteration - self._before < self._next:
            return
        seconds = self.seconds()
        self.taken.append((seconds, progress.iteration, progress.preview()))
        self._next = (progress.iteration - self._before) * _RATIO
        self._apart += self.seconds() - seconds

    def seconds(self) -> float:
        """Seconds of the run so far, without those that pictures took."""
        return time.perf_counter() - self._began - self._apart


def choose_pairs(data: Path, wanted: str) -> list[Pair]:
    """The first `wanted` pairs, in an order whose beginnings vary both pictures, or those named `content/style,...`.

    Raises:
        ValueError: There is no such pair, or none at all.
    """
    contents, styles = _pictures(data / "content"), _pictures(data / "style")
    every = [
        (content, styles[(place + shift) % len(styles)])
        for shift in range(len(styles))
        for place, content in enumerate(contents)
    ]
    if not every:
        raise ValueError(f"{data} has no pictures in content and style")
    if wanted.isdigit():
        return every[: int(wanted)]
    named = {name_of(pair): pair for pair in every}
    unknown = [name for name in wanted.split(",") if name not in named]
    if unknown:
        raise ValueError(f"there is no pair {', '.join(unknown)}; there are {', '.join(sorted(named))}")
    return [named[name] for name in wanted.split(",")]


def name_of(pair: Pair) -> str:
    """`content/style` by the files' names."""
    return "/".join(path.stem for path in pair)


def paint(
    config: Config, pair: Pair, model: engine.Model, metric: dict[str, Tensor], size: int, *, looks: bool = True
) -> Iterator[dict[str, Any]]:
    """Paint a pair and score the pictures on the way and the output, which comes last.

    Args:
        config: How to paint.
        pair: What to paint.
        model: What to paint with.
        metric: What to score with; see `benchmarks.scoring`.
        size: Longest edge at which pictures are compared.
        looks: Whether there are pictures on the way.

    Yields:
        Seconds, iteration, whether it is the output, and scores by name.
    """
    content, style = (load_image(path) for path in pair)
    snapshots = Snapshots()
    result = engine.stylize(content, [style], config.options, model=model, on_progress=snapshots if looks else None)
    moments = [*snapshots.taken, (snapshots.seconds(), result.report.iterations, result.image)]
    if config.options.hyperparameters.square:  # compared with the squares that were painted
        content, style = (centre_square(picture, min(picture.size)) for picture in (content, style))
    judge = Judge(content, style, metric, size)
    for number, (seconds, iteration, picture) in enumerate(moments, 1):
        told = {"seconds": round(seconds, 4), "iteration": iteration, "output": number == len(moments)}
        yield told | dataclasses.asdict(judge.score(picture))


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))

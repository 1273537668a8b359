"""How far each strength moves a picture from its content, and the table that makes the steps equal.

    python -m benchmarks.strengths --data DIR --weights FILE --pairs 3

Each pair is painted at strengths from 0 to 100 and compared with its content (`benchmarks.scoring.Judge.moved`).
Printed are the means, their spread from pair to pair, and last the table for `engine/optimize/strength.py` by which
equal steps of strength are equal steps of that distance, from the content to the force that the present table gives
100. `--corrected` paints as the engine does, which measures the distance on the way and corrects the style weight: the
spread is to be compared, and the table to be left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, pstdev
from typing import Annotated

import numpy as np
import typer
from torch import Tensor

import engine
from benchmarks.curves_run import Pair, choose_pairs, name_of
from benchmarks.scoring import Judge, read_metric
from engine.optimize import strength
from engine.reading.load import load_image

STRENGTHS = range(0, 101, 10)


def distances(pair: Pair, model: engine.Model, metric: dict[str, Tensor], options: engine.Options) -> Iterator[float]:
    """How far each strength moves a pair's content."""
    content, style = (load_image(path) for path in pair)
    judge = Judge(content, style, metric, options.longest_edge)
    for chosen in STRENGTHS:
        yield judge.moved(engine.stylize(content, [style], replace(options, strength=chosen), model=model).image)


def equal_steps(moved: Sequence[float]) -> dict[int, float]:
    """The forces at which a picture is moved in equal steps.

    Args:
        moved: How far each of `STRENGTHS` moves it; a step back is taken as no step.
    """
    far = np.maximum.accumulate(moved)
    forces = [strength.force(chosen) for chosen in STRENGTHS]
    wanted = np.linspace(far[0], far[-1], len(STRENGTHS))
    return dict(zip(STRENGTHS, np.interp(wanted, far, forces).round(1).tolist(), strict=True))


def main(
    *,
    data: Annotated[Path, typer.Option(help="A folder with pictures in `content` and `style`.")],
    weights: Annotated[Path, typer.Option(help="A real VGG19, at least to conv3_4.")],
    pairs: Annotated[str, typer.Option(help="How many pairs, or CONTENT/STYLE,... by the files' names.")] = "3",
    preset: Annotated[str, typer.Option(help="What to paint with.")] = "standard",
    size: Annotated[int, typer.Option(help="Longest edge in pixels.")] = 256,
    corrected: Annotated[bool, typer.Option(help="Let the engine correct the style weight.")] = False,
) -> None:
    """Print how far each strength moves a picture from its content, and the table that makes the steps equal."""
    model, metric = engine.load_model(str(weights)), read_metric(weights)
    hyperparameters = replace(engine.preset(preset).hyperparameters, corrected=corrected)
    options = engine.preset(preset, size=size, custom=hyperparameters)
    rows = []
    for pair in choose_pairs(data, pairs):
        rows.append(list(distances(pair, model, metric, options)))
        typer.echo(f"{_line(rows[-1])}  {name_of(pair)}")
    moved, spread = ([part(column) for column in zip(*rows, strict=True)] for part in (fmean, pstdev))
    typer.echo(f"{_line(moved)}  mean\n{_line(spread)}  spread\n{_line(np.diff(moved).tolist())}  steps of the mean")
    typer.echo(f"FORCE = {equal_steps(moved)}")


def _line(numbers: Sequence[float]) -> str:
    return " ".join(f"{number:.3f}" for number in numbers)


if __name__ == "__main__":
    typer.run(main)

"""The schedule of a run: the sizes that the picture is painted at, and the iterations at each of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from engine.options import Options
from engine.sizes import Size, fit

Schedule = list[tuple[Size, int]]
"""Size and iterations of each scale, coarse to fine."""


def make_schedule(content: Size, options: Options, start: Size | None = None) -> Schedule:
    """Choose sizes and iterations, coarse to fine; each scale is twice as large as the one before.

    The size of the coarsest scale follows from the preset's own size and does not depend on the size of the output. A
    larger output therefore gets more scales, and strokes of the same size relative to the picture; further scales have
    the iterations of the preset's last one. The doublings of `options.upscale` come last, with a few iterations
    each, unless a filter enlarges the output.

    Args:
        content: Size of the content picture.
        options: The caller's choices.
        start: Size of a picture that the run continues from. Scales coarser than it are left out, because they would
            only blur its strokes. The first scale is the one nearest to its size, so that other options can change the
            picture there before it grows.
    """
    hyperparameters, edge = options.hyperparameters, options.longest_edge // options.upscale
    coarsest = hyperparameters.size / 2 ** (len(hyperparameters.iterations) - 1)
    edges = [edge]
    while edges[0] > coarsest * 1.5 and not hyperparameters.square:
        edges.insert(0, round(edges[0] / 2))
    last = len(hyperparameters.iterations) - 1
    steps = [hyperparameters.iterations[min(index, last)] for index in range(len(edges))]
    while edges[-1] < options.painted_edge:
        edges.append(edges[-1] * 2)
        steps.append(hyperparameters.upscale_iterations)
    skipped = sum(edge * math.sqrt(2) < max(start) for edge in edges[:-1]) if start else 0
    edges, steps = edges[skipped:], steps[skipped:]
    if options.iterations:
        steps = _divide(options.iterations, steps)
    shape = (1, 1) if hyperparameters.square else content
    return [(fit(shape, edge), step) for edge, step in zip(edges, steps, strict=True)]


def _divide(total: int, parts: Sequence[int]) -> list[int]:
    """Divide `total` in the proportion of `parts`, in whole numbers."""
    sums = [round(total * part / sum(parts)) for part in itertools.accumulate(parts)]
    return [after - before for before, after in itertools.pairwise([0, *sums])]

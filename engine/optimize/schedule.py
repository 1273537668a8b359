"""The scales that a picture is painted at, coarse to fine."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from engine.images.tensors import Size, fit
from engine.options import Options

Plan = list[tuple[Size, int]]
"""Each scale's size and iterations, coarse to fine."""


def plan_scales(content: Size, options: Options, start: Size | None = None) -> Plan:
    """Sizes and iterations, coarse to fine, each scale twice as large as the one before.

    The coarsest stays what the recipe makes it at its own size, so a larger picture gets more scales and the
    same strokes, relative to the picture; what a recipe says of its last scale holds for further ones. The doublings of
    `options.upscale` come last, with the recipe's few iterations for them.

    Args:
        content: Size of the content picture.
        options: The caller's choices.
        start: Size of a picture to go on from. Scales coarser than it are left out: they would only blur the
            strokes that it has. The first one is the nearest to its own size, so that other options can change
            it there before it grows.
    """
    recipe, edge = options.recipe, options.longest_edge // options.upscale
    coarsest = recipe.size / 2 ** (len(recipe.iterations) - 1)
    edges = [edge]
    while edges[0] > coarsest * 1.5 and not recipe.crop:
        edges.insert(0, round(edges[0] / 2))
    steps = [recipe.iterations[min(index, len(recipe.iterations) - 1)] for index in range(len(edges))]
    while edges[-1] < options.longest_edge:
        edges.append(edges[-1] * 2)
        steps.append(recipe.enlarging)
    settled = _settled(edges, max(start)) if start else 0
    edges, steps = edges[settled:], steps[settled:]
    if options.iterations:
        steps = _share_out(options.iterations, steps)
    shape = (1, 1) if recipe.crop else content
    return [(fit(shape, edge), step) for edge, step in zip(edges, steps, strict=True)]


def _settled(edges: Sequence[int], start: int) -> int:
    """How many of these scales a picture of this longest edge leaves out; the last one never is."""
    return sum(edge * math.sqrt(2) < start for edge in edges[:-1])


def _share_out(total: int, parts: Sequence[int]) -> list[int]:
    """`total` divided in the proportion of `parts`, in whole numbers."""
    marks = [round(total * mark / sum(parts)) for mark in itertools.accumulate(parts)]
    return [after - before for before, after in itertools.pairwise([0, *marks])]

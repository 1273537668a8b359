"""Strength that sets itself: when the pictures of a run are measured, and how far they are from their contents.

What a style weight does depends on the pictures: the same weight moves a portrait half as far as a skyline. So it is
measured where iterations are cheap, at the first scale, and the force is corrected there, before the finer scales.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from engine.network.layers import pools_before
from engine.optimize.objective import downsample
from engine.optimize.schedule import Schedule
from engine.sizes import Size

LAYERS = ("relu1_2", "relu2_2", "relu3_1")
"""Where pictures are compared with their contents, as far as these are style layers of the run."""

SHARES = (3 / 8, 3 / 8)
"""Of the first scale's iterations, before each of the corrections; the rest of them follow the last one."""

FEWEST_ITERATIONS = 10
"""Before a correction; a picture that has just begun to move says nothing of where it will be."""

LARGEST_EDGE = 192
"""Longest edge in pixels at which pictures are compared; a larger one, with which a run began, is reduced."""

CHANNELS_AT_ONCE = 16
"""Of which the differences are in memory in float32 at one time."""


def passes(schedule: Schedule, *, correct: bool) -> Iterator[tuple[Size, int, bool]]:
    """Size and iterations of each pass of a run, and whether forces are corrected after it."""
    (size, iterations), *finer = schedule
    shares = [round(share * iterations) for share in SHARES]
    if correct and min(shares) >= FEWEST_ITERATIONS:
        yield from ((size, share, True) for share in shares)
        iterations -= sum(shares)
    yield size, iterations, False
    yield from ((*scale, False) for scale in finer)


def moved(found: Mapping[str, Tensor], content: Mapping[str, Tensor], coverage: Tensor | None = None) -> Tensor:
    """How far pictures are from their contents, (N,): 0 where they are the contents, about 1.4 where others.

    Root of the mean squared difference, over layers, of features whose channels have mean 0 and variance 1: neither
    other colours nor another contrast count, only what is where.

    Args:
        found: Features of the pictures by layer, (N, C, h, w).
        content: The same of their contents.
        coverage: (N, 1, H, W) in 0..1, how much each pixel counts; None: all alike.
    """
    squares = []
    for layer, features in found.items():
        weights = torch.ones_like(features[:, :1]) if coverage is None else downsample(coverage, pools_before(layer))
        weights = weights.float() / weights.float().sum((2, 3), keepdim=True).clamp_min(1e-12)
        pieces = [torch.split(each, CHANNELS_AT_ONCE, 1) for each in (features, content[layer])]
        parts = [_squared_difference(one, other, weights) for one, other in zip(*pieces, strict=True)]
        squares.append(torch.cat(parts, 1).mean(1))
    return torch.stack(squares).mean(0).sqrt()


def _squared_difference(one: Tensor, other: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean squared difference of the normalised channels of features (N, C, h, w), (N, C)."""
    difference = _normalized(one, weights) - _normalized(other, weights)
    return (weights * difference.square()).sum((2, 3))


def _normalized(features: Tensor, weights: Tensor) -> Tensor:
    features = features.float()
    centred = features - (weights * features).sum((2, 3), keepdim=True)
    variance = (weights * centred.square()).sum((2, 3), keepdim=True)
    return centred / variance.sqrt().clamp_min(1e-6)

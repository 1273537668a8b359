"""Features of VGG19 at single positions, which metrics compare with each other."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from engine.study.metrics.sample import LAYERS, Sample, Seeing, Which


def spacing(height: int, width: int, most: int) -> int:
    """Return the smallest step of a grid of positions, every so many rows and columns, that has at most `most`."""
    return next(step for step in range(1, height + width) if -(-height // step) * -(-width // step) <= most)


def hypercolumns(sample: Sample, which: Which, network: Seeing, most: int) -> Tensor:
    """Return the features of all layers at the positions of a grid, (positions, channels), each of length 1.

    Layers that are finer than the last one are interpolated at the centres of its pixels (Kolkin et al. 2019).
    """
    layers = [sample.features(which, layer, network) for layer in LAYERS]
    height, width = layers[-1].shape[1:]
    step = spacing(height, width, most)
    stacked = torch.cat(
        [functional.interpolate(layer[None], size=(height, width), mode="bilinear")[0] for layer in layers]
    )
    return unit(stacked[:, ::step, ::step].flatten(1).T)


def unit(rows: Tensor) -> Tensor:
    """Divide rows, (positions, channels), by their length; rows of zeros stay zero."""
    return functional.normalize(rows, dim=1)


def even_indices(count: int, most: int) -> Tensor:
    """Return at most `most` of `count` indices, evenly spaced."""
    return torch.arange(0, count, math.ceil(count / most))

"""The balance of the style layers beyond conv3_4: no weight of theirs has been measured, so their pull is."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from engine.network.layers import CONVOLUTIONS, convolution_of
from engine.optimize.objective import Balance, Extractor, Layers, Objective, StyleTarget
from engine.options import Hyperparameters

MEASURED = "conv3_4"
"""The deepest convolution for which weights were chosen by measurement (docs/curves.md)."""


def measure_balance(
    extractor: Extractor,
    hyperparameters: Hyperparameters,
    *,
    content: Tensor,
    target: StyleTarget,
    regions: Tensor | None = None,
) -> Balance:
    """Choose factors by which the style layers beyond conv3_4 together pull no harder than the last one before them.

    A layer's pull is the norm of its loss's gradient with respect to the picture, here at the content. It depends on
    the statistics of the layer's activations, although the loss is divided by its target's mean square: rare
    activations have been seen to pull 100,000 times as hard as dense ones. A layer that pulls less keeps its weight:
    it may pull harder as soon as more of its features appear.

    Args:
        extractor: The network and its layers.
        hyperparameters: The style loss.
        content: (N, 3, H, W) in 0..1.
        target: The styles' moments, for K regions of each picture.
        regions: (N, K, H, W) in 0..1, the weight of each region on each pixel; None: one region.

    Returns:
        Layer to factors, (N,) in 0..1; none where no style layer lies beyond conv3_4, or all of them do.
    """
    measured = list(CONVOLUTIONS)[: list(CONVOLUTIONS).index(MEASURED) + 1]
    reference = [layer for layer in extractor.layers.style if convolution_of(layer) in measured][-1:]
    deep = [layer for layer in extractor.layers.style if convolution_of(layer) not in measured]
    if not (deep and reference):
        return {}
    alone = replace(hyperparameters, style_weight=1.0, tv_weight=0.0)
    norms = {
        layer: _pull(_only(layer, extractor), alone, content=content, target=target, regions=regions)
        for layer in [*reference, *deep]
    }
    share = norms[reference[0]] / len(deep)
    return {layer: (share / norms[layer]).nan_to_num(1.0).clamp(max=1.0) for layer in deep}


def _only(layer: str, extractor: Extractor) -> Extractor:
    """The extractor for one style layer, and for the content there, whose loss has no gradient at the content."""
    first_moments = extractor.style_spec.first_moments
    return Extractor(
        extractor.features, Layers({layer: 1.0}, layer, 1.0), first_moments=first_moments, tile=extractor.tile
    )


def _pull(
    extractor: Extractor,
    hyperparameters: Hyperparameters,
    *,
    content: Tensor,
    target: StyleTarget,
    regions: Tensor | None,
) -> Tensor:
    """Norm of the gradient at the content, (N,)."""
    objective = Objective(
        extractor,
        hyperparameters,
        content=content,
        target={layer: target[layer] for layer in extractor.layers.style},
        style_weight_factors=content.new_ones(len(content)),
        regions=regions,
    )
    norm: Tensor = torch.linalg.vector_norm(objective(content)[1], dim=(1, 2, 3))
    return norm

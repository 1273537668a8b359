"""Statistics of pictures' features, and the gradient of a picture with respect to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.network.layers import pools_before
from engine.network.moments import (
    RegionWeights,
    add_first_gradient,
    add_second_gradient,
    first_moment,
    second_moment,
    square_sum,
)
from engine.network.pooling import Backward
from engine.network.tiles import WHOLE, Tile
from engine.network.vgg import Features


@dataclass(frozen=True, kw_only=True)
class StatisticsSpec:
    """Which statistics of a picture are computed.

    Attributes:
        style: Layers whose moments are computed.
        content: Layer whose squared difference from `target` is computed.
        target: (N, C, h, w), the features of the content there, of the whole picture.
        regions: For each style layer, (N, K, h, w) in 0..1, the weight of each pixel in each of K regions;
            empty: one region, the whole picture.
        first_moments: Whether first moments are computed beside the second ones.
    """

    style: tuple[str, ...] = ()
    content: str = ""
    target: Tensor | None = None
    regions: Mapping[str, RegionWeights] = field(default_factory=dict)
    first_moments: bool = False


@dataclass
class Statistics:
    """Sums over the pixels of a picture's features; all losses are functions of them. Those of tiles can be added.

    Attributes:
        second: Style layer to (N, K, C, C), Σ w F Fᵀ: the Gram matrix, unnormalised.
        first: Style layer to (N, K, C), Σ w F; empty unless first moments are computed.
        content: (N,), Σ (F - target)².
    """

    second: dict[str, Tensor] = field(default_factory=dict)
    first: dict[str, Tensor] = field(default_factory=dict)
    content: Tensor | None = None

    def values(self) -> list[Tensor]:
        """All tensors: second moments, first moments, content."""
        return [*self.second.values(), *self.first.values(), *([] if self.content is None else [self.content])]

    def add(self, other: Statistics) -> None:
        """Add the statistics of another tile."""
        for mine, others in ((self.second, other.second), (self.first, other.first)):
            for layer, value in others.items():
                mine[layer] = mine[layer] + value if layer in mine else value
        if other.content is not None:
            self.content = other.content if self.content is None else self.content + other.content

    def times(self, factors: Tensor) -> Statistics:
        """Statistics of each picture multiplied by its factor, (N,)."""
        return Statistics(
            {layer: value * factors[:, None, None, None] for layer, value in self.second.items()},
            {layer: value * factors[:, None, None] for layer, value in self.first.items()},
            None if self.content is None else self.content * factors,
        )


@torch.no_grad()
def gradient_factors(statistics: Statistics, gradients: Statistics, pixels: int) -> Tensor:
    """Factors by which gradients lie in the middle of float16's range, for its smallest number is 6e-8.

    A gradient with respect to a mean over a million pixels would be 0 there (Micikevicius et al. 2018, section 3.2).
    The factor follows from a bound of what enters the backward pass, |A F| ≤ |A| |F|, instead of being found by trial,
    for which a graphics card would have to wait.

    Args:
        statistics: Of whole pictures.
        gradients: Of the loss with respect to each of them.
        pixels: Of a picture.

    Returns:
        (N,): with them, no statistic adds more than 2 for each pixel of the picture, as a root mean square.
    """
    least = pixels * 2.0**-20  # of Σ F²: a gradient with respect to a statistic that is 0 must not overflow either
    norms = [gradient.flatten(1).norm(dim=1) * pixels**0.5 for gradient in gradients.first.values()]
    for layer, gradient in gradients.second.items():
        squares = statistics.second[layer].diagonal(dim1=-2, dim2=-1).sum(-1)
        norms.append((torch.linalg.matrix_norm(gradient) * squares.clamp_min(least).sqrt()).sum(1))
    if gradients.content is not None and statistics.content is not None:
        norms.append(gradients.content * statistics.content.clamp_min(least).sqrt())
    factors: Tensor = pixels**0.5 / torch.stack(norms).amax(0).clamp_min(1e-30)
    return factors


class Measurement:
    """Computes the statistics of a picture or of one tile, and then the picture's gradient.

    Args:
        features: The network.
        image: (N, 3, H, W) in 0..1: the picture, or the tile with its margins.
        spec: Which statistics are computed.
        tile: Which part of the picture it is; None: the whole picture.
        record_backward: Whether `gradient` will be called.

    Attributes:
        statistics: The result.
    """

    def __init__(
        self,
        features: Features,
        image: Tensor,
        spec: StatisticsSpec,
        tile: Tile | None = None,
        *,
        record_backward: bool = True,
    ) -> None:
        self.statistics = Statistics()
        self._spec, self._tile = spec, tile
        # The backward steps read these gradients. They refer to this object and not to `self`, which refers to them:
        # a reference cycle would keep the features in memory until the next garbage collection.
        self._gradients = Statistics()
        layers = {*spec.style, *filter(None, [spec.content])}
        self._steps = features.forward(image, layers, self._hook, record_backward=record_backward)

    @torch.no_grad()
    def gradient(self, gradients: Statistics) -> Tensor:
        """Gradient of the loss with respect to the image, (N, 3, H, W).

        It can be computed once: each step of the backward pass is freed after it has run.

        Args:
            gradients: Gradients of the loss with respect to each of the statistics.
        """
        self._gradients.add(gradients)
        gradient = torch.empty(0)  # the first backward step is that of a statistic, which makes the tensor
        while self._steps:
            gradient = self._steps.pop()(gradient)
        return gradient

    def _hook(self, layer: str, hidden: Tensor, steps: list[Backward]) -> None:
        if layer in self._spec.style:
            steps.append(self._measure_style(layer, hidden))
        if layer == self._spec.content and self._spec.target is not None:
            steps.append(self._measure_content(layer, hidden, self._spec.target))

    def _measure_style(self, layer: str, hidden: Tensor) -> Backward:
        inner, outer = self._tile.core_after(pools_before(layer)) if self._tile else (WHOLE, WHOLE)
        regions = self._spec.regions[layer][outer] if layer in self._spec.regions else None
        gradients = self._gradients
        self.statistics.second[layer] = second_moment(hidden[inner], regions)
        if self._spec.first_moments:
            self.statistics.first[layer] = first_moment(hidden[inner], regions)

        def backward(gradient: Tensor) -> Tensor:
            gradient = gradient if gradient.numel() else torch.zeros_like(hidden)
            add_second_gradient(gradient[inner], hidden[inner], regions, gradients.second[layer])
            if layer in gradients.first:
                add_first_gradient(gradient[inner], regions, gradients.first[layer])
            return gradient

        return backward

    def _measure_content(self, layer: str, hidden: Tensor, target: Tensor) -> Backward:
        inner, outer = self._tile.core_after(pools_before(layer)) if self._tile else (WHOLE, WHOLE)
        gradients, difference = self._gradients, hidden[inner] - target[outer]
        self.statistics.content = square_sum(difference)

        def backward(gradient: Tensor) -> Tensor:
            assert gradients.content is not None
            gradient = gradient if gradient.numel() else torch.zeros_like(hidden)
            gradient[inner] += difference * (2 * gradients.content).to(difference.dtype)[:, None, None, None]
            return gradient

        return backward

"""The losses: style losses of feature statistics, the scale of the content loss, and total variation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from engine.network.moments import square_sum


@dataclass(frozen=True)
class Moments:
    """Moments of one layer's features F, for K regions of N pictures.

    Attributes:
        second: (N, K, C, C), mean of F Fᵀ over the pixels: the Gram matrix divided by the number of pixels.
        first: (N, K, C), mean of F over the pixels; None where the loss does not need it.
    """

    second: Tensor
    first: Tensor | None = None

    @property
    def covariance(self) -> Tensor:
        """Covariance of the features, (N, K, C, C); needs `first`."""
        assert self.first is not None
        return self.second - self.first[..., :, None] * self.first[..., None, :]


StyleLoss = Callable[[Moments, Moments], Tensor]
"""Moments of the picture and of its style to a loss for each region, (N, K), from 0."""


def gram_loss(found: Moments, target: Moments) -> Tensor:
    """Mean squared error of Gram matrices, divided by the target's mean square: 1 where all features are 0.

    Gatys et al. 2016, eq. 4. The division, which the paper does not have, gives layers equal influence, whatever the
    magnitude of their activations.
    """
    return _mean_square(found.second - target.second) / _mean_square(target.second).clamp_min(1e-12)


def published_gram_loss(found: Moments, target: Moments) -> Tensor:
    """Mean squared error of Gram matrices divided by C·H·W, as in the published implementation."""
    channels: int = target.second.shape[-1]
    return _mean_square(found.second - target.second) / channels**2


def wasserstein_loss(found: Moments, target: Moments) -> Tensor:
    """Squared Wasserstein-2 distance between Gaussians, divided by the target's mean square feature.

    |m - m'|² + tr(S + S' - 2 (S'^½ S S'^½)^½), m and S being mean and covariance (Dowson and Landau 1982).
    """
    assert found.first is not None and target.first is not None
    root = _root(target.covariance)
    cross = _trace_of_root(root @ found.covariance @ root)
    means = (found.first - target.first).square().sum(-1)
    covariances = _trace(found.covariance) + _trace(target.covariance) - 2 * cross
    return (means + covariances.clamp_min(0)) / _trace(target.second).clamp_min(1e-12)


STYLE_LOSSES: Mapping[str, StyleLoss] = MappingProxyType(
    {"gram": gram_loss, "published": published_gram_loss, "wasserstein": wasserstein_loss}
)
"""The style losses by their names in `engine.options.Hyperparameters.statistic`."""


def content_scale(target: Tensor, *, normalized: bool, factor: float = 1.0) -> Tensor:
    """Factor (N,) that makes the content loss of Σ (F - F')²: the mean over all features.

    Args:
        target: F', (N, C, h, w), the features of the content.
        normalized: Whether the mean is divided by the mean square of F', so that the loss is 1 where F is 0.
        factor: By what the features F and F' are multiplied; the loss is that of the features themselves.
    """
    count = target[0].numel()
    squares = square_sum(target)
    return 1 / squares.clamp_min(1e-12 * count) if normalized else torch.full_like(squares, 1 / (count * factor**2))


def tv_loss(image: Tensor) -> tuple[Tensor, Tensor]:
    """Total variation: mean squared difference of horizontal neighbours plus that of vertical neighbours.

    Args:
        image: (N, 3, H, W); along an edge of one pixel there are no neighbours, and the loss is 0.

    Returns:
        The loss, (N,) from 0, which is 2 for a checkerboard of 0 and 1; and its gradient, (N, 3, H, W).
    """
    loss, gradient = image.new_zeros(len(image)), torch.zeros_like(image)
    for dim in (2, 3):
        difference = image.diff(dim=dim)
        if not difference.numel():
            continue
        count, length = difference[0].numel(), difference.shape[dim]
        loss += difference.square().sum((1, 2, 3)) / count
        gradient.narrow(dim, 1, length).add_(difference, alpha=2 / count)
        gradient.narrow(dim, 0, length).sub_(difference, alpha=2 / count)
    return loss, gradient


def _mean_square(matrix: Tensor) -> Tensor:
    return matrix.square().mean((-2, -1))


def _trace(matrix: Tensor) -> Tensor:
    trace: Tensor = matrix.diagonal(dim1=-2, dim2=-1).sum(-1)
    return trace


def _root(matrix: Tensor) -> Tensor:
    """Square root of symmetric positive semidefinite matrices."""
    values, vectors = torch.linalg.eigh(matrix)
    root: Tensor = (vectors * values.clamp_min(0).sqrt()[..., None, :]) @ vectors.mT
    return root


def _trace_of_root(matrix: Tensor) -> Tensor:
    """tr(M^½) of symmetric positive semidefinite matrices; the floor keeps its gradient, ½ M^-½, finite."""
    values = torch.linalg.eigvalsh(matrix)
    floor = 1e-6 * values.detach().amax(-1, keepdim=True).clamp_min(1e-12)
    trace: Tensor = values.clamp_min(0).add(floor).sqrt().sum(-1)
    return trace

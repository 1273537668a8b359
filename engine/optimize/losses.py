"""The losses: how far a picture's statistics are from its content's and its styles', and its smoothness."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from engine.network.moments import square_sum


@dataclass(frozen=True)
class Moments:
    """Statistics of one layer's features, for N pictures or styles and K regions of each.

    Attributes:
        second: (N, K, C, C), mean of F Fᵀ: the Gram matrix divided by the pixels.
        first: (N, K, C), mean of F; None where the loss does not need it.
    """

    second: Tensor
    first: Tensor | None = None

    @property
    def covariance(self) -> Tensor:
        """(N, K, C, C)."""
        assert self.first is not None
        return self.second - self.first[..., :, None] * self.first[..., None, :]


StyleLoss = Callable[[Moments, Moments], Tensor]
"""A picture's moments and its style's to (N, K), from 0."""


def gram_loss(found: Moments, target: Moments) -> Tensor:
    """Mean squared error of Gram matrices, as a share of the target's mean square: 1 for a black picture.

    Gatys et al. 2016, eq. 4; the division makes layers weigh alike, whatever their activations' size.
    """
    return _mean_square(found.second - target.second) / _mean_square(target.second).clamp_min(1e-12)


def published_gram_loss(found: Moments, target: Moments) -> Tensor:
    """Mean squared error of Gram matrices divided by C·H·W, as in the published recipe."""
    channels: int = target.second.shape[-1]
    return _mean_square(found.second - target.second) / channels**2


def wasserstein_loss(found: Moments, target: Moments) -> Tensor:
    """Squared Wasserstein-2 distance of Gaussians, as a share of the target's mean square feature.

    |m - m'|² + tr(S + S' - 2 (S'^½ S S'^½)^½), m and S being mean and covariance (Dowson and Landau 1982).
    """
    assert found.first is not None and target.first is not None
    root = _root(target.covariance)
    cross = _trace_of_root(root @ found.covariance @ root)
    moved = (found.first - target.first).square().sum(-1)
    spread = _trace(found.covariance) + _trace(target.covariance) - 2 * cross
    return (moved + spread.clamp_min(0)) / _trace(target.second).clamp_min(1e-12)


STYLE_LOSSES: Mapping[str, StyleLoss] = MappingProxyType(
    {"gram": gram_loss, "published": published_gram_loss, "wasserstein": wasserstein_loss}
)
"""By the name that a recipe gives."""


def content_scale(target: Tensor, *, normalized: bool) -> Tensor:
    """(N,), what Σ (F - F')² is multiplied by: it is averaged, and `normalized` by the target's mean square too.

    Args:
        target: (N, C, h, w), the content image's features F'.
        normalized: Whether a black picture's loss is to be 1.
    """
    count = target[0].numel()
    squares = square_sum(target)
    return 1 / squares.clamp_min(1e-12 * count) if normalized else torch.full_like(squares, 1 / count)


def tv_loss(image: Tensor) -> tuple[Tensor, Tensor]:
    """Total variation: mean squared difference of neighbours, across plus down.

    Args:
        image: (N, 3, H, W); an edge of one pixel has no neighbours and counts 0.

    Returns:
        (N,) from 0, a checkerboard of 0 and 1 giving 2; and its gradient, (N, 3, H, W).
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
    """Square root of symmetric matrices without negative eigenvalues."""
    values, vectors = torch.linalg.eigh(matrix)
    root: Tensor = (vectors * values.clamp_min(0).sqrt()[..., None, :]) @ vectors.mT
    return root


def _trace_of_root(matrix: Tensor) -> Tensor:
    """tr(M^½) of symmetric matrices; its gradient, ½ M^-½, comes from the same eigenvectors."""
    values = torch.linalg.eigvalsh(matrix)
    floor = 1e-6 * values.detach().amax(-1, keepdim=True).clamp_min(1e-12)
    trace: Tensor = values.clamp_min(0).add(floor).sqrt().sum(-1)
    return trace

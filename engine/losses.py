"""The losses: how far a picture is from its content, its style, and smoothness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class _Gram(torch.autograd.Function):
    """F Fᵀ with a backward of one product: d/dF = (dG + dGᵀ) F, where autograd would make two."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> Tensor:
        ctx.save_for_backward(rows)
        if rows.dtype == torch.bfloat16:
            # One product for each line of the picture, summed in float32: the eight bits that a product
            # is rounded to then average out instead of reaching the statistic.
            return torch.bmm(rows.transpose(1, 2), rows).sum(0, dtype=torch.float32)
        flat = rows.flatten(0, 1)
        product: Tensor = flat.T @ flat
        return product

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        rows: Tensor = ctx.saved_tensors[0]
        gradient = gradients[0]
        return rows @ (gradient + gradient.T).to(rows.dtype)


def gram_matrix(features: Tensor) -> Tensor:
    """Gram matrix G = F Fᵀ / (C·H·W) of one picture's features (Gatys et al. 2016, eq. 3, normalised).

    Args:
        features: (1, C, H, W), float32, float64 or bfloat16.

    Returns:
        (C, C), float32 at least.
    """
    if features.is_contiguous(memory_format=torch.channels_last) and not features.is_contiguous():
        gram: Tensor = _Gram.apply(features[0].permute(1, 2, 0))
    else:
        flat = features[0].flatten(1)
        flat = flat.float() if flat.dtype == torch.bfloat16 else flat
        gram = flat @ flat.T
    return gram / features[0].numel()


def masked_gram_matrix(features: Tensor, mask: Tensor) -> Tensor:
    """Gram matrix of a region, normalised by its area: G = Σ m F Fᵀ / (C·Σ m) (Gatys et al. 2017, spatial control).

    Args:
        features: (1, C, H, W), as `gram_matrix` takes them.
        mask: (h, w) in 0..1, of the picture that the features are of: averaged down to (H, W).

    Returns:
        (C, C), float32 at least; zeros where the mask is.
    """
    portion = mask[None, None]
    while portion.shape[2] > features.shape[2] or portion.shape[3] > features.shape[3]:
        # As the network halves the picture itself, so both stay in register at odd sizes.
        portion = functional.avg_pool2d(portion, 2, ceil_mode=True)
    area = portion.mean().clamp_min(1e-12)
    return gram_matrix(features * portion.sqrt().to(features.dtype)) / area


class ContentLoss(nn.Module):
    """Mean squared error of features against the content's.

    Args:
        target: The content image's features at this layer.
        normalized: Divide by the mean square of the target.
    """

    def __init__(self, target: Tensor, *, normalized: bool = False) -> None:
        super().__init__()
        self.target = target.detach()
        self.scale = _inverse_mean_square(self.target) if normalized else 1.0

    def forward(self, features: Tensor) -> Tensor:
        """Features of the target's shape to a scalar from 0."""
        return functional.mse_loss(features.float(), self.target.float()) * self.scale


class StyleLoss(nn.Module):
    """Mean squared error of the features' Gram matrix against the styles'.

    Args:
        target: (C, C), the style's Gram matrix, or a weighted mean of several styles'.
        normalized: Divide by the mean square of the target.
    """

    def __init__(self, target: Tensor, *, normalized: bool = False) -> None:
        super().__init__()
        self.target = target.detach()
        self.scale = _inverse_mean_square(self.target) if normalized else 1.0

    def forward(self, features: Tensor) -> Tensor:
        """(1, C, H, W) to a scalar from 0."""
        return functional.mse_loss(gram_matrix(features), self.target) * self.scale


class RegionLoss(nn.Module):
    """Each style's loss in its own region, weighted by the region's area.

    The gradient of an area-normalised statistic grows as its region shrinks; with the area as the weight, style
    and content are balanced on every pixel as they are without masks, and a grey mask is a weaker style.

    Args:
        targets: A (C, C) Gram matrix for each style.
        portions: (styles, h, w) in 0..1, how much of each style belongs where.
        normalized: Divide each loss by the mean square of its target.
    """

    def __init__(self, targets: Sequence[Tensor], portions: Tensor, *, normalized: bool = False) -> None:
        super().__init__()
        self.targets = [target.detach() for target in targets]
        self.portions = portions
        self.scales = [_inverse_mean_square(target) if normalized else 1.0 for target in self.targets]

    def forward(self, features: Tensor) -> Tensor:
        """(1, C, H, W) to a scalar from 0."""
        total = features.new_zeros((), dtype=torch.float32)
        for target, portion, scale in zip(self.targets, self.portions, self.scales, strict=True):
            loss = functional.mse_loss(masked_gram_matrix(features, portion), target)
            total = total + portion.mean() * scale * loss
        return total


def tv_loss(image: Tensor) -> Tensor:
    """Total variation: mean squared difference of neighbours, across plus down.

    Args:
        image: (1, 3, H, W); an edge of one pixel has no neighbours and counts 0.

    Returns:
        A scalar from 0; a checkerboard of 0 and 1 gives 2.
    """
    across, down = image.diff(dim=3), image.diff(dim=2)
    return sum((d.square().mean() for d in (across, down) if d.numel()), image.new_zeros(()))


def _inverse_mean_square(target: Tensor) -> Tensor:
    return 1 / target.float().square().mean().clamp_min(1e-12)

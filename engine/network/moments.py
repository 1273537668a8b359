"""Moments of features: the sums that style statistics are made of, and how their gradients reach the features."""

from __future__ import annotations

import torch
from torch import Tensor

PRODUCTS = 12
"""Least number of products in bfloat16 that a moment is summed from, where the picture has so many lines."""

Region = Tensor
"""(N, K, h, w) in 0..1: how much each pixel counts in each of K regions."""


def second_moment(features: Tensor, region: Region | None = None) -> Tensor:
    """Σ w F Fᵀ over the pixels: the Gram matrix (Gatys et al. 2016, eq. 3), unnormalised.

    Args:
        features: (N, C, h, w), float32, float64 or bfloat16.
        region: Weights of the pixels; None: one region, all 1.

    Returns:
        (N, K, C, C), float32 at least.
    """
    lines = _lines(features)
    if region is None:
        return _product(lines, lines)[:, None]
    weights = region.to(features.dtype)[..., None]
    return torch.stack([_product(lines * weights[:, k], lines) for k in range(region.shape[1])], 1)


def first_moment(features: Tensor, region: Region | None = None) -> Tensor:
    """Σ w F over the pixels.

    Args:
        features: As `second_moment` takes them.
        region: Likewise.

    Returns:
        (N, K, C), float32 at least.
    """
    dtype = _summed_in(features)
    if region is None:
        return features.sum((2, 3), dtype=dtype)[:, None]
    return torch.stack([(features * part[:, None]).sum((2, 3), dtype=dtype) for part in _parts(features, region)], 1)


def add_second_gradient(into: Tensor, features: Tensor, region: Region | None, gradient: Tensor) -> None:
    """Add to the features' gradient what comes through their second moment: Σ w (A + Aᵀ) F.

    Args:
        into: (N, C, h, w), changed in place.
        features: As `second_moment` took them.
        region: Likewise.
        gradient: (N, K, C, C), A: the gradient with respect to the second moment.
    """
    lines, target = _lines(features), into.permute(0, 2, 3, 1)
    symmetric = (gradient + gradient.mT).to(features.dtype)
    for k in range(gradient.shape[1]):
        product = (lines.flatten(1, 2) @ symmetric[:, k]).view(lines.shape)
        target += product if region is None else product.mul_(region[:, k, :, :, None].to(features.dtype))


def add_first_gradient(into: Tensor, region: Region | None, gradient: Tensor) -> None:
    """Add to the features' gradient what comes through their first moment.

    Args:
        into: (N, C, h, w), changed in place.
        region: As `first_moment` took it.
        gradient: (N, K, C), with respect to the first moment.
    """
    shifts = gradient.to(into.dtype)
    for k in range(gradient.shape[1]):
        shift = shifts[:, k, :, None, None]
        into += shift if region is None else shift * region[:, k, None].to(into.dtype)


def square_sum(features: Tensor) -> Tensor:
    """Σ F² of each picture, (N,), float32 at least."""
    norm: Tensor = torch.linalg.vector_norm(features, dim=(1, 2, 3), dtype=_summed_in(features))
    return norm.square()


def _summed_in(features: Tensor) -> torch.dtype:
    return torch.float32 if features.dtype == torch.bfloat16 else features.dtype


def _lines(features: Tensor) -> Tensor:
    """(N, h, w, C), contiguous: no copy of a whole picture in channels_last."""
    return features.permute(0, 2, 3, 1).contiguous()


def _parts(features: Tensor, region: Region) -> tuple[Tensor, ...]:
    return region.to(features.dtype).unbind(1)


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Σ left rightᵀ over the pixels of (N, h, w, C): (N, C, C)."""
    count, height, width, channels = right.shape
    if right.dtype != torch.bfloat16:
        return left.flatten(1, 2).mT @ right.flatten(1, 2)
    # Products of a few lines each, summed in float32: the eight bits that a product is rounded to then average
    # out instead of reaching the statistic.
    bands = next((bands for bands in range(PRODUCTS, height) if height % bands == 0), height)
    shape = (count * bands, height // bands * width, channels)
    products = torch.bmm(left.reshape(shape).mT, right.reshape(shape))
    return products.view(count, bands, channels, channels).sum(1, dtype=torch.float32)

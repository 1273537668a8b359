"""Moments of features, from which the style losses are computed, and the gradients of these moments."""

from __future__ import annotations

import torch
from torch import Tensor

HALVES = (torch.bfloat16, torch.float16)
"""The types of 16 bits, whose sums are computed in float32."""

MIN_BANDS, BAND_PIXELS = 12, 4096
"""In these types a second moment is the sum of at least so many matrix products, each over about so many pixels,
where there are rows enough."""

RegionWeights = Tensor
"""(N, K, h, w) in 0..1: the weight of each pixel in each of K regions."""


def second_moment(features: Tensor, regions: RegionWeights | None = None) -> Tensor:
    """Σ w F Fᵀ over the pixels: the Gram matrix (Gatys et al. 2016, eq. 3), unnormalised.

    Args:
        features: F, (N, C, h, w), float32, float64, bfloat16 or float16.
        regions: w, the weights of the pixels in each region; None: one region, all weights 1.

    Returns:
        (N, K, C, C), float32 or float64.
    """
    pixels, height = _pixels(features), features.shape[2]
    if regions is None:
        return _product(pixels, pixels, height)[:, None]
    weights = regions.to(features.dtype).flatten(2)[..., None]
    return torch.stack([_product(pixels * weights[:, k], pixels, height) for k in range(regions.shape[1])], 1)


def first_moment(features: Tensor, regions: RegionWeights | None = None) -> Tensor:
    """Σ w F over the pixels.

    Args:
        features: F, as `second_moment` takes them.
        regions: w, as `second_moment` takes them.

    Returns:
        (N, K, C), float32 or float64.
    """
    dtype = _sum_dtype(features)
    if regions is None:
        return features.sum((2, 3), dtype=dtype)[:, None]
    weights = regions.to(features.dtype).unbind(1)
    return torch.stack([(features * weight[:, None]).sum((2, 3), dtype=dtype) for weight in weights], 1)


def add_second_gradient(into: Tensor, features: Tensor, regions: RegionWeights | None, gradient: Tensor) -> None:
    """Add the gradient through the second moment, Σ w (A + Aᵀ) F over the regions, to the features' gradient.

    Args:
        into: The features' gradient, (N, C, h, w), changed in place.
        features: F, as `second_moment` took them.
        regions: w, as `second_moment` took them.
        gradient: A, (N, K, C, C): the gradient with respect to the second moment.
    """
    pixels, symmetric = _pixels(features), (gradient + gradient.mT).to(features.dtype)
    dense = into.is_contiguous() or into.is_contiguous(memory_format=torch.channels_last)
    target = into if dense else torch.zeros_like(into, memory_format=torch.channels_last)
    for k in range(gradient.shape[1]):
        weighted = pixels if regions is None else pixels * regions[:, k].to(features.dtype).flatten(1)[..., None]
        _pixels(target).baddbmm_(weighted, symmetric[:, k])
    if not dense:
        into += target


def add_first_gradient(into: Tensor, regions: RegionWeights | None, gradient: Tensor) -> None:
    """Add the gradient through the first moment, Σ w a over the regions, to the features' gradient.

    Args:
        into: The features' gradient, (N, C, h, w), changed in place.
        regions: w, as `first_moment` took them.
        gradient: a, (N, K, C): the gradient with respect to the first moment.
    """
    shifts = gradient.to(into.dtype)
    for k in range(gradient.shape[1]):
        shift = shifts[:, k, :, None, None]
        into += shift if regions is None else shift * regions[:, k, None].to(into.dtype)


def square_sum(features: Tensor) -> Tensor:
    """Σ F² of the features of each picture, (N,), float32 or float64."""
    norm: Tensor = torch.linalg.vector_norm(features, dim=(1, 2, 3), dtype=_sum_dtype(features))
    return norm.square()


def _sum_dtype(features: Tensor) -> torch.dtype:
    """What sums are computed in: 16 bits would lose most of the addends."""
    return torch.float32 if features.dtype in HALVES else features.dtype


def _pixels(features: Tensor) -> Tensor:
    """(N, C, h, w) to (N, h·w, C): a view in either memory format, a copy of features cut out of larger ones."""
    return features.flatten(2).mT if features.is_contiguous() else features.permute(0, 2, 3, 1).flatten(1, 2)


def _product(left: Tensor, right: Tensor, height: int) -> Tensor:
    """Σ left rightᵀ over the pixels: two (N, h·w, C), h being the height, to (N, C, C)."""
    if right.dtype not in HALVES:
        return left.mT @ right
    # Each product covers a band of a few rows, and the products are added in float32. A product is rounded to
    # bfloat16's 8 bits; the rounding errors of many products average out. It is the mean over the band's pixels,
    # because a sum would soon be beyond float16's 65504; and bands are small, because cuBLAS may add parts of a
    # product in float16 before it multiplies them by `alpha`.
    count, pixels, channels = right.shape
    least = max(MIN_BANDS, pixels // BAND_PIXELS)
    bands = next((bands for bands in range(least, height) if height % bands == 0), height)
    shape = (count * bands, pixels // bands, channels)
    means = right.new_empty(count * bands, channels, channels)
    means.baddbmm_(left.reshape(shape).mT, right.reshape(shape), beta=0, alpha=1 / shape[1])
    return means.view(count, bands, channels, channels).sum(1, dtype=torch.float32) * shape[1]

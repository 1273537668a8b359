"""Moments of features and their gradients, against known answers and autograd."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.network.moments import HALVES, add_first_gradient, add_second_gradient, first_moment, second_moment

LAYOUTS = [torch.contiguous_format, torch.channels_last]


def randn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_moments_of_ones_count_the_pixels() -> None:
    ones = torch.ones(2, 4, 3, 5)
    assert torch.equal(second_moment(ones), torch.full((2, 1, 4, 4), 15.0))
    assert torch.equal(first_moment(ones), torch.full((2, 1, 4), 15.0))


def test_channels_that_are_never_active_together_do_not_correlate() -> None:
    features = torch.zeros(1, 2, 1, 2)
    features[0, 0, 0, 0], features[0, 1, 0, 1] = 2.0, 3.0
    assert torch.equal(second_moment(features)[0, 0], torch.tensor([[4.0, 0.0], [0.0, 9.0]]))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_second_moment_is_the_product_over_the_pixels_in_any_layout(layout: torch.memory_format) -> None:
    features = randn(2, 6, 5, 7)
    flat = features.flatten(2)
    assert torch.allclose(second_moment(features.contiguous(memory_format=layout))[:, 0], flat @ flat.mT)


@pytest.mark.parametrize("height", [96, 97, 5, 1])
@pytest.mark.parametrize("dtype", HALVES)
def test_in_16_bits_the_second_moment_is_near_float32(height: int, dtype: torch.dtype) -> None:
    """Each product is rounded to 8 or 11 bits; the error of the sum of many is below 0.5 % of its norm.

    The sum itself is beyond what float16 holds.
    """
    features = 60 * torch.rand(1, 64, height, 96, generator=torch.Generator().manual_seed(1))
    features = features.to(dtype, memory_format=torch.channels_last)
    exact, fast = second_moment(features.float()), second_moment(features)
    assert fast.dtype == torch.float32 and exact.max().item() > torch.finfo(torch.float16).max
    assert ((fast - exact).norm() / exact.norm()).item() < 0.005


@pytest.mark.parametrize("regions", [0, 1, 3])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_gradients_agree_with_autograd(regions: int, layout: torch.memory_format) -> None:
    features = randn(2, 4, 5, 6).contiguous(memory_format=layout)
    region = randn(2, regions, 5, 6, seed=1).abs().clamp_max(1) if regions else None
    count = max(1, regions)
    second, first = randn(2, count, 4, 4, seed=2), randn(2, count, 4, seed=3)
    leaf = features.clone().requires_grad_()
    weights = torch.ones(2, 1, 5, 6, dtype=torch.float64) if region is None else region
    value = torch.einsum("nkhw,nahw,nbhw,nkab->", weights, leaf, leaf, second)
    value = value + torch.einsum("nkhw,nahw,nka->", weights, leaf, first)
    (expected,) = torch.autograd.grad(value, leaf)
    found = torch.zeros_like(features)
    add_second_gradient(found, features, region, second)
    add_first_gradient(found, region, first)
    assert torch.allclose(found, expected)


def test_moments_of_a_region_are_those_of_its_cutting() -> None:
    features = randn(1, 6, 4, 8)
    region = torch.zeros(1, 2, 4, 8, dtype=torch.float64)
    region[:, 0, :, :4], region[:, 1, :, 4:] = 1, 0.5
    second, first = second_moment(features, region), first_moment(features, region)
    assert torch.allclose(second[:, 0], second_moment(features[..., :4])[:, 0])
    assert torch.allclose(second[:, 1], second_moment(features[..., 4:])[:, 0] / 2)
    assert torch.allclose(first[:, 1], first_moment(features[..., 4:])[:, 0] / 2)

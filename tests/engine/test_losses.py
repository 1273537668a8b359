"""The losses against known answers."""

from __future__ import annotations

import pytest
import torch

from engine.losses import ContentLoss, StyleLoss, gram_matrix, tv_loss


def test_gram_of_ones_is_one_over_the_channels() -> None:
    """Each product sums H·W ones and is divided by C·H·W."""
    gram = gram_matrix(torch.ones(1, 4, 3, 5))
    assert torch.allclose(gram, torch.full((4, 4), 0.25))


def test_gram_of_separate_channels_is_diagonal() -> None:
    """Channels that are never active together do not correlate."""
    features = torch.zeros(1, 2, 1, 2)
    features[0, 0, 0, 0], features[0, 1, 0, 1] = 2.0, 3.0
    assert torch.equal(gram_matrix(features), torch.tensor([[1.0, 0.0], [0.0, 2.25]]))


@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_gram_does_not_depend_on_the_layout(memory_format: torch.memory_format) -> None:
    features = torch.randn(1, 6, 5, 7, generator=torch.Generator().manual_seed(0))
    flat = features[0].flatten(1)
    expected = flat @ flat.T / features.numel()
    assert torch.allclose(gram_matrix(features.contiguous(memory_format=memory_format)), expected, atol=1e-6)


def test_gram_gradient_agrees_with_finite_differences() -> None:
    features = torch.randn(1, 3, 4, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(gram_matrix, (features,))


def test_gram_in_bfloat16_is_near_float32() -> None:
    """Its products are rounded to 8 bits, the statistic to far less: 0.5 % of its norm."""
    features = torch.rand(1, 64, 96, 96, generator=torch.Generator().manual_seed(1)).bfloat16()
    features = features.contiguous(memory_format=torch.channels_last)
    exact, fast = gram_matrix(features.float()), gram_matrix(features)
    assert fast.dtype == torch.float32
    assert ((fast - exact).norm() / exact.norm()).item() < 0.005


def test_tv_of_a_checkerboard_is_two_and_of_a_flat_picture_none() -> None:
    checkerboard = (torch.arange(8)[:, None] + torch.arange(6)[None]) % 2
    image = checkerboard.float().expand(1, 3, 8, 6)
    assert tv_loss(image).item() == 2.0
    assert tv_loss(torch.full((1, 3, 8, 6), 0.3)).item() == 0.0


def test_tv_of_a_single_pixel_is_none() -> None:
    assert tv_loss(torch.rand(1, 3, 1, 1)).item() == 0.0


def test_content_loss_is_the_mean_square_and_normalised_a_share_of_the_targets() -> None:
    target = torch.full((1, 2, 2, 2), 2.0)
    assert ContentLoss(target)(torch.full((1, 2, 2, 2), 5.0)).item() == 9.0
    assert ContentLoss(target, normalized=True)(torch.zeros(1, 2, 2, 2)).item() == 1.0


def test_style_loss_vanishes_on_the_style_alone() -> None:
    style = torch.randn(1, 3, 6, 6, generator=torch.Generator().manual_seed(2))
    loss = StyleLoss(gram_matrix(style), normalized=True)
    assert loss(style).item() == pytest.approx(0, abs=1e-9)
    assert loss(torch.zeros(1, 3, 6, 6)).item() == pytest.approx(1)
    assert loss(2 * style).item() == pytest.approx(9, rel=1e-4)


def test_a_black_target_does_not_divide_by_zero() -> None:
    loss = ContentLoss(torch.zeros(1, 1, 2, 2), normalized=True)
    assert torch.isfinite(loss(torch.ones(1, 1, 2, 2)))

"""The losses against known answers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.optimize.losses import (
    STYLE_LOSSES,
    Moments,
    content_scale,
    gram_loss,
    published_gram_loss,
    tv_loss,
    wasserstein_loss,
)


def moments(features: Tensor) -> Moments:
    """Moments of features (N, C, pixels)."""
    second = features @ features.mT / features.shape[2]
    return Moments(second[:, None], features.mean(2)[:, None])


def randn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_gram_loss_is_a_share_of_the_target() -> None:
    style = randn(2, 3, 40)
    assert gram_loss(moments(style), moments(style)).abs().max().item() == 0
    assert torch.allclose(gram_loss(moments(0 * style), moments(style)), torch.ones(2, 1).double())
    assert torch.allclose(gram_loss(moments(2 * style), moments(style)), torch.full((2, 1), 9.0).double())


def test_the_published_loss_divides_gram_matrices_by_the_channels_too() -> None:
    """For features of ones each of the C × C values of G is 1 / C."""
    ones, none = torch.ones(1, 4, 5), torch.zeros(1, 4, 5)
    assert published_gram_loss(moments(ones), moments(none)).item() == pytest.approx(1 / 16)


def test_the_wasserstein_loss_of_two_places_is_their_squared_distance() -> None:
    """With equal deviations and means 3 apart, the loss is 9, divided by the target's mean square of 1."""
    here = torch.tensor([[[-1.0, 1.0]]], dtype=torch.float64)
    assert wasserstein_loss(moments(here + 3), moments(here)).item() == pytest.approx(9, rel=1e-2)
    assert wasserstein_loss(moments(3 * here), moments(here)).item() == pytest.approx(4, rel=1e-2)
    assert wasserstein_loss(moments(here), moments(here)).item() == pytest.approx(0, abs=2e-3)


def test_the_wasserstein_loss_of_gaussians_that_commute_is_that_of_their_deviations() -> None:
    found = Moments(torch.diag(torch.tensor([4.0, 9.0]))[None, None].double(), torch.zeros(1, 1, 2).double())
    target = Moments(torch.diag(torch.tensor([1.0, 16.0]))[None, None].double(), torch.zeros(1, 1, 2).double())
    assert wasserstein_loss(found, target).item() == pytest.approx((1 + 1) / 17, rel=2e-2)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    target = moments(randn(1, 3, 50, seed=1))

    def loss(root: Tensor, first: Tensor) -> Tensor:
        covariance = root @ root.mT + torch.eye(3)
        found = Moments((covariance + first[:, None] * first)[None, None], first[None, None])
        return STYLE_LOSSES[name](found, target)

    inputs = (randn(3, 3, seed=2).requires_grad_(), randn(3, seed=3).requires_grad_())
    assert torch.autograd.gradcheck(loss, inputs)


def test_a_flat_picture_has_a_finite_wasserstein_gradient() -> None:
    """Its covariance has rank 0."""
    flat = moments(torch.ones(1, 4, 9))
    second = flat.second.clone().requires_grad_()
    loss = wasserstein_loss(Moments(second, flat.first), moments(torch.randn(1, 4, 9)))
    (gradient,) = torch.autograd.grad(loss.sum(), second)
    assert torch.isfinite(loss).all() and torch.isfinite(gradient).all()


def test_tv_of_a_checkerboard_is_two_and_of_a_flat_picture_none() -> None:
    checkerboard = (torch.arange(8)[:, None] + torch.arange(6)[None]) % 2
    image = checkerboard.float().expand(1, 3, 8, 6)
    assert tv_loss(image)[0].item() == pytest.approx(2.0)
    assert tv_loss(torch.full((1, 3, 8, 6), 0.3))[0].item() == 0.0
    assert tv_loss(torch.rand(1, 3, 1, 1))[0].item() == 0.0


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 3, 1, 7), (1, 3, 6, 1)])
def test_the_gradient_of_tv_agrees_with_autograd(shape: tuple[int, ...]) -> None:
    image = randn(*shape).requires_grad_()
    parts = [d.square().mean((1, 2, 3)) for d in (image.diff(dim=2), image.diff(dim=3)) if d.numel()]
    expected = sum(parts, torch.zeros(shape[0]).double())
    (gradient,) = torch.autograd.grad(expected.sum(), image)
    loss, found = tv_loss(image.detach())
    assert torch.allclose(loss, expected) and torch.allclose(found, gradient)


def test_content_is_averaged_and_normalised_a_share_of_the_targets() -> None:
    target = torch.full((2, 2, 2, 2), 2.0)
    squared = torch.full((2, 2, 2, 2), 3.0).square().sum((1, 2, 3))
    assert (squared * content_scale(target, normalized=False)).tolist() == pytest.approx([9.0, 9.0])
    assert (4 * squared * content_scale(2 * target, normalized=False, factor=2)).tolist() == pytest.approx([9.0, 9.0])
    shares = target.square().sum((1, 2, 3)) * content_scale(target, normalized=True)
    assert shares.tolist() == pytest.approx([1.0, 1.0])
    assert torch.isfinite(content_scale(torch.zeros(1, 1, 2, 2), normalized=True)).all()

"""Statistics of features, against known Gaussians, scipy, torch and torchmetrics."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from scipy.linalg import sqrtm
from torch import Tensor
from torch.distributions import MultivariateNormal, kl_divergence

import engine
from engine.study.metrics import statistics
from engine.study.metrics.sample import LAYERS, Sample
from engine.study.metrics.statistics import HIGHEST_E, bounded_gram, effectiveness, frechet, global_effects
from tests.support.samples import KnownFeatures


def normal(seed: int, mean: float = 0.0, channels: int = 6) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randn(channels, channels, generator=generator)
    return (mixed @ torch.randn(channels, 400, generator=generator)).reshape(channels, 20, 20) + mean


def known(output: Tensor, style: Tensor) -> KnownFeatures:
    return KnownFeatures({"output": dict.fromkeys(LAYERS, output), "style": dict.fromkeys(LAYERS, style)})


def test_equal_statistics_are_the_best_wherever_they_are() -> None:
    same = known(normal(1), normal(1).flip(1))
    assert bounded_gram(same) == pytest.approx(0, abs=1e-9)
    assert frechet(same) == pytest.approx(0, abs=1e-4)
    assert global_effects(same) == pytest.approx(1)


def test_gram_matrices_that_have_nothing_in_common() -> None:
    one, other = torch.zeros(2, 2, 4, 4)
    one[0], other[1] = 1, 3
    assert bounded_gram(known(one, other)) == 1
    assert bounded_gram(known(one, torch.zeros_like(one))) == 1
    assert bounded_gram(known(torch.zeros_like(one), torch.zeros_like(one))) == 0
    assert global_effects(known(one, other)) == pytest.approx(0.5), (
        "the histograms are equal, the Gram matrices are not"
    )


def test_the_bounded_difference_of_gram_matrices() -> None:
    """G = 1 and 4 in one channel: 3² / (1 + 16)."""
    one = torch.ones(1, 4, 4)
    assert bounded_gram(known(one, 2 * one)) == pytest.approx(9 / 17)
    assert bounded_gram(known(one, 2 * torch.ones(1, 9, 3))) == pytest.approx(9 / 17), "sizes do not matter"


def test_the_frechet_distance_is_that_of_scipy_and_of_a_shift() -> None:
    one, other = normal(1), normal(2, mean=0.5)
    means = [each.flatten(1).mean(1).numpy() for each in (one, other)]
    covariances = [np.cov(each.flatten(1).numpy(), bias=True) for each in (one, other)]
    root = sqrtm(covariances[0] @ covariances[1]).real
    expected = np.square(means[0] - means[1]).sum() + np.trace(covariances[0] + covariances[1] - 2 * root)
    assert frechet(known(one, other)) == pytest.approx(expected, rel=1e-5)
    assert frechet(known(one, one + 2)) == pytest.approx(6 * 4, rel=1e-5), "six channels, each two away"


def test_the_divergence_is_that_of_torch() -> None:
    one, other = (statistics._gaussian(normal(seed, mean=seed / 3)) for seed in (1, 2))
    expected = kl_divergence(*(MultivariateNormal(each.mean, each.covariance) for each in (one, other)))
    assert statistics._divergence(one, other) == pytest.approx(float(expected), rel=1e-9)


def test_the_effectiveness_of_the_style_itself_is_the_highest(
    photograph: Image.Image, texture: Image.Image, model: engine.Model
) -> None:
    values = [
        effectiveness(Sample(output, photograph, texture, {"main": lambda: model}))
        for output in (texture, Image.blend(photograph, texture, 0.5), photograph)
    ]
    assert values[0] == pytest.approx(HIGHEST_E) == pytest.approx(13.8155, abs=1e-4)
    assert values[0] > values[1] > values[2]
    flat = Image.new("RGB", (64, 64), "white")
    assert np.isfinite(effectiveness(Sample(flat, photograph, texture, {"main": lambda: model})))


def test_the_reference_space_is_that_of_the_photographs(model: engine.Model) -> None:
    """The components are orthonormal, and the reference covariances are diagonal and sorted in them."""
    for layer, space in statistics._reference_spaces(model).items():
        count = statistics.COMPONENTS[layer]
        assert space.components.shape[1] == count
        assert torch.allclose(space.components.T @ space.components, torch.eye(count, dtype=torch.float64), atol=1e-9)
        assert space.floor > 0

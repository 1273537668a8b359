"""VGG19's layers."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import engine
from engine.network.kernels import nnpack_is_available
from engine.network.layers import CONVOLUTIONS
from engine.network.statistics import Measurement, Statistics, StatisticsSpec
from engine.network.vgg import Features

State = dict[str, Tensor]


def test_a_convolution_that_is_nearly_the_identity_is_not_skipped() -> None:
    state = engine.load_model("builtin", "cpu").state
    weight, bias = (f"features.{CONVOLUTIONS['conv2_2']}.{part}" for part in ("weight", "bias"))
    neighbour, shift = state[weight].clone(), state[bias].clone()
    neighbour[3, 5, 0, 0] = shift[7] = 0.5
    for changed in ({weight: neighbour}, {bias: shift}, {weight: 2 * state[weight]}):
        assert Features({**state, **changed}).identities == {"conv1_2"}


@pytest.mark.skipif(not nnpack_is_available(), reason="this torch has no NNPACK for this processor")
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (37, 50)])
@pytest.mark.parametrize("layers", [("conv1_2", "conv2_2", "conv3_1"), ("relu1_1", "relu1_2", "relu3_1")])
def test_winograd_gives_the_statistics_and_the_gradient_of_float64(
    random_state: State, size: tuple[int, int], layers: tuple[str, ...]
) -> None:
    image = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(3))
    regions = torch.rand(2, 2, *size, generator=torch.Generator().manual_seed(4))
    winograd = Features(random_state, kernels="winograd")
    exact, fast, again = (
        _measured(features, image, regions, layers)
        for features in (Features(random_state, dtype=torch.float64), winograd, winograd)
    )
    for one, other in zip(exact, fast, strict=True):
        assert (one - other).norm() < 1e-3 * one.norm()
    assert all(torch.equal(one, other) for one, other in zip(fast, again, strict=True))


def _measured(features: Features, image: Tensor, regions: Tensor, layers: tuple[str, ...]) -> list[Tensor]:
    """Second moments, with regions at the first layer, and the gradient of their sum."""
    weights = {layers[0]: regions.to(features.picture_dtype)}
    measurement = Measurement(features, image.to(features.picture_dtype), StatisticsSpec(style=layers, regions=weights))
    second = measurement.statistics.second
    gradients = Statistics(second={layer: value / value.norm() for layer, value in second.items()})
    return [*second.values(), measurement.gradient(gradients)]

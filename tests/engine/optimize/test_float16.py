"""Float16, whose numbers lie between 6e-8 and 65504: neither features nor gradients may leave this range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

import engine
from engine.images.tensors import to_tensor
from engine.network.scaling import scaled
from engine.network.statistics import Statistics, gradient_factors
from engine.network.vgg import Features
from engine.optimize.objective import Extractor, Objective, choose_layers
from engine.options import HYPERPARAMETERS, Hyperparameters

State = Mapping[str, Tensor]

SIZE = (48, 64)


def evaluate(
    state: State,
    dtype: torch.dtype,
    pictures: tuple[Tensor, Tensor, Tensor],
    how: Hyperparameters = HYPERPARAMETERS["standard"],
    *,
    style_weight_factor: float = 1.0,
    tile: int = 0,
) -> tuple[Tensor, Tensor]:
    """Loss and gradient of a picture; the content and the style are the second and the third."""
    features = Features(state, dtype=dtype, exact=how.exact)
    layers = choose_layers(how, [layer for name in features.names for layer in (name, name.replace("conv", "relu"))])
    extractor = Extractor(features, layers, first_moments=how.statistic == "wasserstein", tile=tile)
    image, content, style = pictures
    factors = torch.full((len(image),), style_weight_factor)
    target = extractor.style_moments(style)
    return Objective(extractor, how, content=content, target=target, style_weight_factors=factors)(image)


def error(found: Tensor, expected: Tensor) -> float:
    """Norm of the difference, relative to what is expected."""
    return float((found - expected).norm() / expected.norm())


def noise(seed: int = 1) -> Tensor:
    return torch.rand(1, 3, *SIZE, generator=torch.Generator().manual_seed(seed))


def flat(value: float) -> Tensor:
    return torch.full((1, 3, *SIZE), value)


@pytest.fixture(scope="module")
def state() -> State:
    return engine.load_model("builtin", "cpu").state


@pytest.fixture
def photos(cat: Image.Image, glass: Image.Image) -> tuple[Tensor, Tensor, Tensor]:
    """A picture on its way, content and style."""
    content, style = (to_tensor(each.resize(SIZE[::-1])) for each in (cat, glass))
    return (0.6 * content + 0.2 * style + 0.2 * noise()).clamp(0, 1), content, style


@pytest.mark.parametrize("how", ["standard", "paper", "wasserstein"])
@pytest.mark.parametrize("tile", [0, 32])
def test_loss_and_gradient_are_float32s(
    how: str, tile: int, photos: tuple[Tensor, Tensor, Tensor], state: State
) -> None:
    """Also of the published losses, which are not divided by the target's size."""
    named = {"wasserstein": replace(HYPERPARAMETERS["standard"], statistic="wasserstein")}
    hyperparameters = {**HYPERPARAMETERS, **named}[how]
    loss, gradient = evaluate(state, torch.float32, photos, hyperparameters)
    fast, fast_gradient = evaluate(state, torch.float16, photos, hyperparameters, tile=tile)
    assert error(fast, loss) < 2e-3
    assert error(fast_gradient, gradient) < 2e-2


@pytest.mark.parametrize("strength_factor", [10**-3.2, 10**0.8])
@pytest.mark.parametrize(
    "pictures",
    [
        (flat(0.0), flat(0.0), noise()),
        (flat(1.0), flat(1.0), flat(0.0)),
        (noise(), flat(1.0), flat(0.0)),
        (noise(2), noise(), flat(1.0)),
    ],
)
def test_extreme_pictures_stay_in_range_at_strengths_0_and_100(
    pictures: tuple[Tensor, Tensor, Tensor], strength_factor: float, state: State
) -> None:
    _, gradient = evaluate(state, torch.float32, pictures, style_weight_factor=strength_factor)
    _, fast = evaluate(state, torch.float16, pictures, style_weight_factor=strength_factor)
    assert error(fast, gradient) < 2e-2


def test_where_nothing_is_to_be_changed_the_gradient_is_0(state: State) -> None:
    loss, gradient = evaluate(state, torch.float16, (flat(0.0), flat(0.0), flat(0.0)))
    assert not loss.any() and not gradient.any()


def test_large_activations_are_scaled_down(photos: tuple[Tensor, Tensor, Tensor], state: State) -> None:
    """Each layer multiplies by 40 more than it did, so the last ones are beyond 65504 by far."""
    large = {key: 40 * part for key, part in state.items()}
    _, gradient = evaluate(large, torch.float32, photos)
    _, fast = evaluate(large, torch.float16, photos)
    assert error(fast, gradient) < 2e-2


def test_factors_are_powers_of_two_and_leave_identities(state: State) -> None:
    weights, factors = scaled(state)
    assert Features(state, dtype=torch.float16).identities == Features(state).identities != frozenset()
    image, before = noise(), Features(state).extract(noise(), list(factors))
    for layer, features in Features(weights).extract(image, list(factors)).items():
        assert torch.frexp(torch.tensor(factors[layer])).mantissa.item() == 0.5
        assert torch.allclose(features, before[layer] * factors[layer], atol=1e-5)


def test_a_gradient_of_a_million_pixels_is_lifted_above_the_smallest_number() -> None:
    """And one with respect to a statistic that is 0 is not lifted beyond the largest one."""
    statistics = Statistics({"relu1_1": torch.full((2, 1, 4, 4), 2.0**20)}, {}, torch.zeros(2))
    with_second = torch.tensor([0.0, 1e-12])[:, None, None, None].expand(2, 1, 4, 4)
    gradients = Statistics({"relu1_1": with_second}, {}, torch.tensor([1e-9, 0.0]))
    lifted = gradients.times(gradient_factors(statistics, gradients, pixels=2**20))
    assert lifted.content is not None and lifted.content.tolist() == pytest.approx([1024.0, 0.0])
    assert lifted.second["relu1_1"][1].min().item() == pytest.approx(1 / 8)


def test_real_filters_stay_in_range(shared: Path, photos: tuple[Tensor, Tensor, Tensor]) -> None:
    real = engine.load_model(shared / "weights" / "vgg19_conv1_1-conv3_4.safetensors", "cpu").state
    loss, gradient = evaluate(real, torch.float32, photos)
    fast, fast_gradient = evaluate(real, torch.float16, photos)
    assert error(fast, loss) < 2e-3
    assert error(fast_gradient, gradient) < 2e-2


def test_a_run_in_float16_paints_what_float32_paints(cat: Image.Image, glass: Image.Image) -> None:
    options = engine.preset("sketch", size=64, iterations=6)
    fast, exact = (
        engine.stylize(cat, [glass], options, model=engine.load_model("builtin", "cpu", precision=precision))
        for precision in ("float16", "float32")
    )
    assert fast.report.precision == "float16"
    assert fast.report.losses == pytest.approx(exact.report.losses, rel=0.02)

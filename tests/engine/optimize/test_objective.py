"""Loss and gradient against implementations by autograd; regions, batches, tiles, precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import engine
from engine.bench.reference import ReferenceObjective
from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.network.vgg import Features
from engine.optimize.objective import Extractor, Layers, Objective, choose_layers, downsample
from engine.options import HYPERPARAMETERS, Hyperparameters
from engine.paper import NORMALIZATION_MEAN, NORMALIZATION_STD, get_style_model_and_losses, vgg19_features

SIZES = [(37, 51), (16, 21), (2, 40)]

State = Mapping[str, Tensor]


@pytest.fixture(scope="module")
def deep_state() -> dict[str, Tensor]:
    """Untrained weights from conv1_1 to conv4_1."""
    generator = torch.Generator().manual_seed(5)
    state = {}
    for layer, index in CONVOLUTIONS.items():
        if layer > "conv4_1":
            break
        inputs, outputs = CHANNELS[layer]
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) * (2 / (9 * inputs)) ** 0.5
        state[f"features.{index}.weight"] = weight
        state[f"features.{index}.bias"] = torch.randn(outputs, generator=generator) * 0.1
    return state


def pictures(size: tuple[int, int], dtype: torch.dtype, count: int = 2) -> list[Tensor]:
    """Image, content and style."""
    generator = torch.Generator().manual_seed(1)
    return [torch.rand(count, 3, *size, generator=generator, dtype=dtype) for _ in range(3)]


def objective(
    state: State, hyperparameters: Hyperparameters, content: Tensor, style: Tensor, *, dtype: torch.dtype, tile: int = 0
) -> tuple[Objective, Layers]:
    features = Features(state, dtype=dtype, exact=hyperparameters.exact, pooling=hyperparameters.pooling)
    held = [name for layer in features.names for name in (layer, layer.replace("conv", "relu"))]
    layers = choose_layers(hyperparameters, held)
    extractor = Extractor(features, layers, first_moments=hyperparameters.statistic == "wasserstein", tile=tile)
    factors = torch.ones(len(content), dtype=content.dtype)
    return Objective(
        extractor, hyperparameters, content=content, target=extractor.style_moments(style), style_weight_factors=factors
    ), layers


def published(state: State, content: Tensor, style: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
    """Losses, (N,), and gradient of the published algorithm, for which an odd edge is pooled as the engine does."""
    cnn = vgg19_features(state)
    for layer in cnn:
        if isinstance(layer, nn.MaxPool2d):
            layer.ceil_mode = True
    leaf, losses = image.clone().requires_grad_(), []
    for n in range(len(image)):
        network, style_losses, content_losses = get_style_model_and_losses(
            cnn, NORMALIZATION_MEAN, NORMALIZATION_STD, style[n : n + 1], content[n : n + 1]
        )
        network(leaf[n : n + 1])
        losses.append(1e6 * sum(each.loss for each in style_losses) + content_losses[0].loss)
    loss = torch.stack(losses)
    (gradient,) = torch.autograd.grad(loss.sum(), leaf)
    return loss.detach(), gradient


def by_autograd(
    preset: str, state: State, layers: Layers, *, image: Tensor, content: Tensor, style: Tensor
) -> tuple[Tensor, Tensor]:
    """Losses and gradient of a preset, by an implementation that is not the engine's."""
    if preset == "paper":
        return published({key: part.to(image) for key, part in state.items()}, content, style, image)
    return ReferenceObjective(state, HYPERPARAMETERS[preset], layers, content, style)(image)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("preset", ["standard", "paper"])
def test_loss_and_gradient_agree_with_autograd(preset: str, size: tuple[int, int], deep_state: State) -> None:
    hyperparameters = HYPERPARAMETERS[preset]
    image, content, style = pictures(size, torch.float64)
    found, layers = objective(deep_state, hyperparameters, content, style, dtype=torch.float64)
    loss, gradient = found(image)
    expected, reference_gradient = by_autograd(preset, deep_state, layers, image=image, content=content, style=style)
    assert torch.allclose(loss, expected, rtol=1e-9)
    assert ((gradient - reference_gradient).norm() / reference_gradient.norm()).item() < 1e-9


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize(
    "change",
    [
        {"pooling": "average"},
        {"pooling": "average", "style_layers": (("conv1_2", 1.0), ("relu2_1", 0.5), ("conv3_4", 1.0))},
        {"style_layers": tuple((f"conv{name}", 1.0) for name in ("1_1", "1_2", "2_1", "2_2", "3_1", "3_4"))},
        {"content_layers": (("conv2_2", 1.0),)},
    ],
)
def test_ablations_agree_with_autograd(change: dict[str, Any], size: tuple[int, int], deep_state: State) -> None:
    """Average pooling, losses before the ReLU, another content layer: each at odd edges too, and in tiles."""
    hyperparameters = replace(HYPERPARAMETERS["sketch"], **change)
    image, content, style = pictures(size, torch.float64)
    for tile in (0, 16):
        found, layers = objective(deep_state, hyperparameters, content, style, dtype=torch.float64, tile=tile)
        loss, gradient = found(image)
        expected, due = ReferenceObjective(deep_state, hyperparameters, layers, content, style)(image)
        assert torch.allclose(loss, expected, rtol=1e-9)
        assert ((gradient - due).norm() / due.norm()).item() < 1e-9


@pytest.mark.parametrize("preset", ["standard", "paper"])
def test_a_convolution_that_is_the_identity_is_skipped_to_no_difference(preset: str) -> None:
    state, hyperparameters = engine.load_model("builtin", "cpu").state, HYPERPARAMETERS[preset]
    assert Features(state).identities == {"conv1_2", "conv2_2"}
    image, content, style = pictures((37, 51), torch.float64)
    found, layers = objective(state, hyperparameters, content, style, dtype=torch.float64)
    loss, gradient = found(image)
    expected, reference_gradient = by_autograd(preset, state, layers, image=image, content=content, style=style)
    assert torch.allclose(loss, expected, rtol=1e-9)
    assert ((gradient - reference_gradient).norm() / reference_gradient.norm()).item() < 1e-9


@pytest.mark.parametrize("statistic", ["gram", "wasserstein"])
@pytest.mark.parametrize(("size", "deepest"), [((21, 37), "conv4_1"), ((38, 50), "conv2_2"), ((2, 40), "conv2_2")])
def test_tiles_add_up_to_the_whole(
    statistic: Literal["gram", "wasserstein"], size: tuple[int, int], deepest: str, deep_state: State
) -> None:
    """The tiled objective also computes the style's statistics and the content's features in tiles."""
    hyperparameters = replace(HYPERPARAMETERS["standard"], statistic=statistic)
    reached = CONVOLUTIONS[deepest]
    deep_state = {key: part for key, part in deep_state.items() if int(key.split(".")[1]) <= reached}
    image, content, style = pictures(size, torch.float64)
    whole, _ = objective(deep_state, hyperparameters, content, style, dtype=torch.float64)
    tiled, _ = objective(deep_state, hyperparameters, content, style, dtype=torch.float64, tile=16)
    (loss, gradient), (tiled_loss, tiled_gradient) = whole(image), tiled(image)
    assert torch.allclose(tiled_loss, loss, rtol=1e-9)
    assert ((tiled_gradient - gradient).norm() / gradient.norm()).item() < 1e-6
    assert tiled.losses(image)[1] == pytest.approx(whole.losses(image)[1])


def test_pictures_of_a_batch_do_not_touch_each_other(deep_state: State) -> None:
    hyperparameters = HYPERPARAMETERS["standard"]
    image, content, style = pictures((33, 40), torch.float64, count=3)
    together, _ = objective(deep_state, hyperparameters, content, style, dtype=torch.float64)
    loss, gradient = together(image)
    for n in range(3):
        one = slice(n, n + 1)
        alone, _ = objective(deep_state, hyperparameters, content[one], style[one], dtype=torch.float64)
        expected, reference_gradient = alone(image[one])
        assert torch.allclose(loss[one], expected) and torch.allclose(gradient[one], reference_gradient)


def test_a_region_of_everything_is_no_region(deep_state: State) -> None:
    hyperparameters = HYPERPARAMETERS["standard"]
    image, content, style = pictures((33, 40), torch.float64, count=1)
    features = Features(deep_state, dtype=torch.float64, exact=False)
    layers = choose_layers(hyperparameters, [name.replace("conv", "relu") for name in features.names])
    extractor = Extractor(features, layers, first_moments=False)
    target, factors = extractor.style_moments(style), torch.ones(1, dtype=torch.float64)
    (loss, gradient), (expected, reference_gradient) = (
        Objective(
            extractor, hyperparameters, content=content, target=target, style_weight_factors=factors, regions=regions
        )(image)
        for regions in (torch.ones(1, 1, 33, 40, dtype=torch.float64), None)
    )
    assert torch.allclose(loss, expected) and torch.allclose(gradient, reference_gradient)


def test_bfloat16_points_where_float32_does(deep_state: State) -> None:
    """On a smooth picture, its loss is within 1 % and its gradient within 15 degrees of float32's."""
    hyperparameters = HYPERPARAMETERS["standard"]
    image, content, style = (
        functional.interpolate(each, scale_factor=6, mode="bicubic").clamp(0, 1)
        for each in pictures((16, 20), torch.float32, count=1)
    )
    (exact, reference_gradient), (fast, gradient) = (
        objective(deep_state, hyperparameters, content, style, dtype=dtype)[0](image)
        for dtype in (torch.float32, torch.bfloat16)
    )
    assert ((fast - exact).abs() / exact).item() < 0.01
    assert functional.cosine_similarity(gradient.flatten(), reference_gradient.flatten(), dim=0).item() > 0.966


@pytest.mark.parametrize(("size", "pools"), [((8, 16), 2), ((7, 13), 2), ((1, 9), 2), ((5, 5), 0), ((5, 3), 4)])
def test_a_mask_is_averaged_down_as_the_network_halves_the_picture(size: tuple[int, int], pools: int) -> None:
    """A mask of the pixels that the layer's left column is pooled from covers that column only."""
    mask = torch.zeros(1, 1, *size)
    mask[..., : 2**pools] = 1
    down = downsample(mask, pools)
    deep = [-(-edge // 2**pools) for edge in size]
    assert list(down.shape[2:]) == deep
    assert (down[..., 0] == 1).all() and not down[..., 1:].any()


def test_style_that_is_left_is_1_at_the_content_and_0_at_the_style(deep_state: State) -> None:
    how = engine.Options().hyperparameters
    image, content, style = pictures((37, 51), torch.float32)
    loss, layers = objective(deep_state, how, content, style, dtype=torch.float32)
    features = Features(deep_state, exact=False)
    found = [features.extract(each, ("relu1_2", "relu3_1")) for each in (content, style, image)]
    left = [loss.style_left(each, found[0]) for each in found]
    assert left[0].tolist() == pytest.approx([1, 1]) and left[1].max() < 1e-6
    assert "relu1_2" in layers.style and (left[2] > 0).all() and (left[2] != 1).all()


def test_another_style_weight_is_the_same_as_a_new_objective(deep_state: State) -> None:
    how = engine.Options().hyperparameters
    image, content, style = pictures((37, 51), torch.float32)
    first, second = (objective(deep_state, how, content, style, dtype=torch.float32)[0] for _ in range(2))
    first.weigh(torch.tensor([0.25, 1.0]))
    losses, others = first(image)[0], second(image)[0]
    assert losses[0] < others[0] and losses[1] == others[1]

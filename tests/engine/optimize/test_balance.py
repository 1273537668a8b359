"""Style layers beyond conv3_4 pull no harder than the last one before them, whatever their filters are."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

import engine
from engine.bench.reference import ReferenceObjective
from engine.images.tensors import to_tensor
from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.network.vgg import Features
from engine.optimize.balance import measure_balance
from engine.optimize.objective import Extractor, Layers, choose_layers
from engine.options import HYPERPARAMETERS, Hyperparameters
from engine.weights.find import Weights

State = dict[str, Tensor]

SKETCH = HYPERPARAMETERS["sketch"]
TWO_BEYOND = replace(SKETCH, style_layers=tuple((name, 1.0) for name in ("relu2_2", "relu3_4", "conv4_1", "relu4_1")))


@pytest.fixture(scope="module")
def dense() -> State:
    """Untrained weights from conv1_1 to conv4_1."""
    generator = torch.Generator().manual_seed(5)
    state: State = {}
    for layer, index in list(CONVOLUTIONS.items())[:9]:
        inputs, outputs = CHANNELS[layer]
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) * (2 / (9 * inputs)) ** 0.5
        state |= {f"features.{index}.weight": weight, f"features.{index}.bias": torch.zeros(outputs)}
    return state


@pytest.fixture(scope="module")
def rare(dense: State, glass: Image.Image) -> State:
    """The same weights, but each channel of relu4_1 is above 0 at one in thirty of the style's pixels only."""
    before = Features(dense).extract(to_tensor(glass.resize((64, 64))), ["relu3_4"])["relu3_4"]
    index = CONVOLUTIONS["conv4_1"]
    features = functional.conv2d(functional.max_pool2d(before, 2), dense[f"features.{index}.weight"])
    return {**dense, f"features.{index}.bias": -features[0].flatten(1).quantile(0.97, 1)}


@pytest.fixture
def state(request: pytest.FixtureRequest) -> State:
    """The weights of a fixture by its name."""
    found: State = request.getfixturevalue(request.param)
    return found


def extractor_of(state: State, hyperparameters: Hyperparameters) -> Extractor:
    features = Features(state, dtype=torch.float64, exact=False)
    held = [name for layer in features.names for name in (layer, layer.replace("conv", "relu"))]
    return Extractor(features, choose_layers(hyperparameters, held), first_moments=False)


def two_pairs() -> tuple[Tensor, Tensor]:
    """Contents and styles: noise, and darker noise."""
    generator = torch.Generator().manual_seed(1)
    content, style = (torch.rand(2, 3, 24, 33, generator=generator, dtype=torch.float64) for _ in range(2))
    return content, style**3


def pull(state: State, layer: str, content: Tensor, style: Tensor) -> Tensor:
    """Norm of the gradient of one layer's style loss at the contents, (N,), by autograd."""
    alone = replace(SKETCH, style_weight=1.0, tv_weight=0.0)
    reference = ReferenceObjective(state, alone, Layers({layer: 1.0}, layer, 1.0), content, style)
    norm: Tensor = torch.linalg.vector_norm(reference(content)[1], dim=(1, 2, 3))
    return norm


@pytest.mark.parametrize("state", ["dense", "rare"], indirect=True)
def test_layers_beyond_relu3_4_share_its_pull(state: State) -> None:
    """Each by its own factor for each picture of a batch; none is raised."""
    content, style = two_pairs()
    extractor = extractor_of(state, TWO_BEYOND)
    balance = measure_balance(extractor, TWO_BEYOND, content=content, target=extractor.style_moments(style))
    assert balance.keys() == {"conv4_1", "relu4_1"}
    share = pull(state, "relu3_4", content, style) / 2
    for layer, factor in balance.items():
        before = pull(state, layer, content, style)
        assert torch.allclose(factor * before, torch.minimum(before, share))


def test_weights_to_relu3_4_need_no_balance(dense: State) -> None:
    content, style = two_pairs()
    deepest = CONVOLUTIONS["conv3_4"]
    extractor = extractor_of({key: part for key, part in dense.items() if int(key.split(".")[1]) <= deepest}, SKETCH)
    assert not measure_balance(extractor, SKETCH, content=content, target=extractor.style_moments(style))


def test_a_wrong_layer_does_not_spoil_a_picture(
    dense: State, rare: State, cat: Image.Image, glass: Image.Image
) -> None:
    """The picture's losses at the other layers are close to those without it; unbalanced they double."""
    deepest = CONVOLUTIONS["conv3_4"]
    without = {key: part for key, part in dense.items() if int(key.split(".")[1]) <= deepest}
    options = engine.Options(preset="sketch", size=64, iterations=20)
    due, found = (
        engine.stylize(cat, [glass], options, model=engine.Model(Weights(held, "test"), "cpu")).report.losses
        for held in (without, rare)
    )
    for name in due:
        assert found[name] < 1.3 * due[name], name

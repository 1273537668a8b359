"""VGG19's layers against torchvision's."""

from __future__ import annotations

import torch
from torch import Tensor

import engine
from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.network.vgg import Features, normalize

State = dict[str, Tensor]


def test_layer_names_point_at_torchvisions_convolutions() -> None:
    """Every name belongs to a convolution of torchvision's VGG19 with these channels."""
    from torchvision.models.vgg import cfgs, make_layers

    with torch.device("meta"):
        features = make_layers(cfgs["E"], batch_norm=False)
    found = {index: layer for index, layer in enumerate(features) if isinstance(layer, torch.nn.Conv2d)}
    assert list(found) == list(CONVOLUTIONS.values())
    for name, index in CONVOLUTIONS.items():
        assert CHANNELS[name] == (found[index].in_channels, found[index].out_channels)


def test_features_agree_with_torchvisions_own_forward(random_state: State) -> None:
    """At even sizes, where ceil_mode changes nothing."""
    from torchvision.models.vgg import cfgs, make_layers

    reference = make_layers(cfgs["E"], batch_norm=False)[:11]
    reference.load_state_dict({key.removeprefix("features."): part for key, part in random_state.items()})
    image = torch.rand(1, 3, 32, 48, generator=torch.Generator().manual_seed(3))
    features = Features(random_state)
    with torch.no_grad():
        expected = reference(normalize(image))
    found = features.extract(image, ["conv3_1"])["conv3_1"]
    assert torch.allclose(found, expected, atol=1e-5)


def test_a_convolution_that_is_nearly_the_identity_is_not_skipped() -> None:
    state = engine.load_model("builtin", "cpu").state
    weight, bias = (f"features.{CONVOLUTIONS['conv2_2']}.{part}" for part in ("weight", "bias"))
    neighbour, shift = state[weight].clone(), state[bias].clone()
    neighbour[3, 5, 0, 0] = shift[7] = 0.5
    for changed in ({weight: neighbour}, {bias: shift}, {weight: 2 * state[weight]}):
        assert Features({**state, **changed}).identities == {"conv1_2"}

"""VGG19's layers."""

from __future__ import annotations

from torch import Tensor

import engine
from engine.network.layers import CONVOLUTIONS
from engine.network.vgg import Features

State = dict[str, Tensor]


def test_a_convolution_that_is_nearly_the_identity_is_not_skipped() -> None:
    state = engine.load_model("builtin", "cpu").state
    weight, bias = (f"features.{CONVOLUTIONS['conv2_2']}.{part}" for part in ("weight", "bias"))
    neighbour, shift = state[weight].clone(), state[bias].clone()
    neighbour[3, 5, 0, 0] = shift[7] = 0.5
    for changed in ({weight: neighbour}, {bias: shift}, {weight: 2 * state[weight]}):
        assert Features({**state, **changed}).identities == {"conv1_2"}

"""Weights for float16, whose numbers end at 65504: features of all layers are brought to about the same size."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from engine.network.layers import CONVOLUTIONS

EDGE, BLOCK = 64, 8
"""Edges in pixels of the picture on which features are measured, and of its one-coloured squares."""


@torch.no_grad()
def scaled(state: Mapping[str, Tensor]) -> tuple[dict[str, Tensor], dict[str, float]]:
    """Scale each convolution, so that its rectified output has a root mean square near 1 on a picture of squares.

    Rectification and pooling keep a factor that is not negative, so each layer's features are multiplied by a constant.
    The constants are powers of two: weights keep their digits.

    Args:
        state: `features.N.weight` and `features.N.bias` of the first convolutions, with torchvision's keys.

    Returns:
        The weights and biases in float32, on the CPU, and for each convolution the factor of its features.
    """
    colours = torch.rand(1, 3, EDGE // BLOCK, EDGE // BLOCK, generator=torch.Generator().manual_seed(1))
    hidden = functional.interpolate(colours * 4 - 2, scale_factor=BLOCK)  # as `normalize` returns pictures
    before, result, factors = 1.0, {}, {}
    for name, index in CONVOLUTIONS.items():
        key = f"features.{index}"
        if f"{key}.weight" not in state:
            break
        weight, bias = (state[f"{key}.{part}"].to("cpu", torch.float32) for part in ("weight", "bias"))
        if name.endswith("_1") and name != "conv1_1":
            hidden = functional.max_pool2d(hidden, 2)
        output = functional.conv2d(hidden, weight / before, bias, padding=1).relu_()
        size = output.square().mean().sqrt().item()
        factor = 2.0 ** -round(math.log2(size)) if 0 < size < math.inf else 1.0
        result[f"{key}.weight"], result[f"{key}.bias"] = weight * (factor / before), bias * factor
        hidden, before, factors[name] = output * factor, factor, factor
    return result, factors

"""The convolutions of VGG19: their names, places and shapes. No torch is needed to know them."""

from __future__ import annotations

from collections.abc import Mapping

CONVOLUTIONS: Mapping[str, int] = {
    f"conv{block}_{number}": start + 2 * (number - 1)
    for block, (start, count) in enumerate(((0, 2), (5, 2), (10, 4), (19, 4), (28, 4)), 1)
    for number in range(1, count + 1)
}
"""Layer name to the index of its convolution in torchvision's `vgg19().features`; its ReLU has the next index."""

CHANNELS: Mapping[str, tuple[int, int]] = {
    layer: (
        3
        if layer == "conv1_1"
        else width // 2
        if layer.endswith("_1") and width > 64 and layer != "conv5_1"
        else width,
        width,
    )
    for layer in CONVOLUTIONS
    for width in (min(512, 64 * 2 ** (int(layer[4]) - 1)),)
}
"""Layer name to the input and output channels of its convolution."""


def convolution_of(layer: str) -> str:
    """Name of the convolution that a layer belongs to: `conv3_1` for `relu3_1` and for `conv3_1`."""
    return layer.replace("relu", "conv")


def pools_before(layer: str) -> int:
    """Number of poolings before a layer, each of which halves the picture's edges: 2 for `relu3_1`."""
    return int(layer[4]) - 1

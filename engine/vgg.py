"""VGG19's convolution layers as a source of features."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

CONVOLUTIONS: Mapping[str, int] = {
    f"conv{block}_{number}": start + 2 * (number - 1)
    for block, (start, count) in enumerate(((0, 2), (5, 2), (10, 4), (19, 4), (28, 4)), 1)
    for number in range(1, count + 1)
}
"""Layer name to the index of its convolution in torchvision's `vgg19().features`; its ReLU comes next."""

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
"""Layer name to the channels that its convolution reads and makes."""


def convolution_of(layer: str) -> str:
    """The convolution that a layer belongs to: `relu3_1` and `conv3_1` give `conv3_1`."""
    return layer.replace("relu", "conv")


class Normalization(nn.Module):
    """(image - mean) / std with ImageNet's channel statistics: what VGG19 was trained on."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        """(N, 3, H, W) in 0..1 to the same shape, about -2..3."""
        mean, std = self.get_buffer("mean"), self.get_buffer("std")
        return (image - mean) / std


class Features(nn.Module):
    """VGG19 from the image to its deepest layer that is held, frozen.

    Args:
        state: `features.N.weight` and `features.N.bias` of the first convolutions, torchvision's keys.
        exact: Plain float32 in torch's own layout, so that results do not differ from the published recipe's by
            the order of additions. Otherwise channels_last, 3 times faster on a CPU.
        dtype: Arithmetic of all convolutions but the first, which reads the image in float32: in bfloat16
            the image itself would be rounded to 8 bits.
    """

    def __init__(self, state: Mapping[str, Tensor], *, exact: bool = True, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.dtype = dtype
        self._layout = torch.contiguous_format if exact else torch.channels_last
        self.names = [name for name, index in CONVOLUTIONS.items() if f"features.{index}.weight" in state]
        self.convolutions = nn.ModuleDict({name: _convolution(name, state, dtype) for name in self.names})
        self.normalization = Normalization()
        self.requires_grad_(False).eval().to(memory_format=self._layout)

    def forward(self, image: Tensor, layers: Collection[str], *, replicate: bool = False) -> dict[str, Tensor]:
        """Features of an image.

        Args:
            image: (N, 3, H, W), float32 in 0..1, any H and W from 1.
            layers: Names such as `conv1_1` (before the ReLU) and `relu3_1` (after it).
            replicate: Continue the picture past its border by its edge pixels at the first convolution,
                where zeros would draw a dark frame into the statistics.

        Returns:
            Layer name to (N, C, H / 2ⁿ, W / 2ⁿ), in network order.
        """
        deepest = max(CONVOLUTIONS[convolution_of(layer)] for layer in layers)
        taps: dict[str, Tensor] = {}
        hidden = self.normalization(image).contiguous(memory_format=self._layout)
        for name in self.names[: [CONVOLUTIONS[name] for name in self.names].index(deepest) + 1]:
            if name.endswith("_1") and name != "conv1_1":
                # ceil_mode: the last row and column of an odd size count, and 1 px never shrinks to none.
                hidden = functional.max_pool2d(hidden, 2, ceil_mode=True)
            hidden = self._convolve(name, hidden, replicate=replicate)
            if name in layers:
                taps[name] = hidden
            # In place would overwrite a tap that the losses still need.
            hidden = functional.relu(hidden, inplace=name not in layers)
            if (relu := name.replace("conv", "relu")) in layers:
                taps[relu] = hidden
        return taps

    def _convolve(self, name: str, hidden: Tensor, *, replicate: bool) -> Tensor:
        convolution = self.convolutions[name]
        assert isinstance(convolution, nn.Conv2d)
        if name == "conv1_1" and replicate:
            hidden = functional.pad(hidden, (1, 1, 1, 1), mode="replicate")
            return functional.conv2d(hidden, convolution.weight, convolution.bias).to(self.dtype)
        output: Tensor = convolution(hidden).to(self.dtype)
        return output


def _convolution(name: str, state: Mapping[str, Tensor], dtype: torch.dtype) -> nn.Conv2d:
    """One of `vgg19().features`' convolutions; torchvision itself takes seconds to import."""
    key = f"features.{CONVOLUTIONS[name]}"
    with torch.device("meta"):  # no random initialisation of weights that are replaced at once
        convolution = nn.Conv2d(*CHANNELS[name], kernel_size=3, padding=1)
    convolution.load_state_dict({part: state[f"{key}.{part}"] for part in ("weight", "bias")}, assign=True)
    return convolution.to(torch.float32 if name == "conv1_1" else dtype)

"""VGG19's convolutions, frozen: from a picture to statistics of its features, and back to the picture's gradient.

Written out by hand instead of left to autograd, for the network is where the time and the memory go: nothing is
kept of a layer but what its way back needs, a pooled layer is rectified after pooling, when it is four times
smaller, and the gradient of a statistic is added where it arises instead of in a tensor of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.grad import conv2d_input

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


def pools_before(layer: str) -> int:
    """How many times the picture has been halved at a layer: 2 at `relu3_1`."""
    return int(layer[4]) - 1


MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's channel statistics: what VGG19 was trained on is (image - MEAN) / STD."""


Back = Callable[[Tensor], Tensor]
"""One step of the way back: from the gradient after an operation to the one before it."""

Tap = Callable[[str, Tensor, list[Back]], None]
"""Shown a layer's name and features, (N, C, h, w), on the way; may add a step of the way back."""


def normalize(image: Tensor) -> Tensor:
    """(N, 3, H, W) in 0..1 to the same shape, about -2..3."""
    return (image - _channels(MEAN).to(image)) / _channels(STD).to(image)


def _channels(values: Sequence[float]) -> Tensor:
    return torch.tensor(values).view(1, 3, 1, 1)


class Features:
    """VGG19 from the image to its deepest layer that is held.

    Args:
        state: `features.N.weight` and `features.N.bias` of the first convolutions, torchvision's keys.
        device: Where it computes.
        dtype: Arithmetic of the convolutions. The image itself is never rounded to bfloat16's 8 bits: it is
            given to the first convolution as the sum of two such numbers. `picture_dtype` is what it is kept in.
        exact: Zeros around the picture at the first convolution, as published. Otherwise the picture goes on past
            its border by its edge pixels, for zeros would draw a dark frame into the statistics.

    Attributes:
        identities: Convolutions that hand their input on, as some of the builtin weights do; they cost nothing.
    """

    def __init__(
        self,
        state: Mapping[str, Tensor],
        *,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
        exact: bool = True,
    ) -> None:
        self.device, self.dtype, self.exact = device, dtype, exact
        self.names = [name for name, index in CONVOLUTIONS.items() if f"features.{index}.weight" in state]
        self._weights = {name: self._put(state[f"features.{CONVOLUTIONS[name]}.weight"]) for name in self.names}
        self._biases = {name: state[f"features.{CONVOLUTIONS[name]}.bias"].to(device, dtype) for name in self.names}
        self.identities = frozenset(name for name in self.names if self._hands_on(name))
        self.picture_dtype = torch.float64 if dtype == torch.float64 else torch.float32
        # Held, for making them anew in each evaluation would have a CUDA device wait for the copies.
        self._mean, self._std = (_channels(each).to(device, self.picture_dtype) for each in (MEAN, STD))
        self._split = dtype == torch.bfloat16
        if self._split:
            first = self._weights["conv1_1"]
            # 8 channels, for which the fast kernels are made: both halves of the image and two that are empty.
            self._first = self._put(torch.cat([first, first, torch.zeros_like(first[:, :2])], 1))

    def _put(self, weight: Tensor) -> Tensor:
        return weight.to(self.device, self.dtype).contiguous(memory_format=torch.channels_last)

    def _hands_on(self, name: str) -> bool:
        weight = self._weights[name]
        outputs, inputs = weight.shape[:2]
        centre = torch.eye(outputs, inputs, device=weight.device, dtype=weight.dtype)
        alone = torch.equal(weight[:, :, 1, 1], centre) and int(weight.count_nonzero()) == outputs
        return inputs == outputs and alone and not bool(self._biases[name].any())

    @torch.no_grad()
    def extract(self, image: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        """Features of an image.

        Args:
            image: (N, 3, H, W), float32 in 0..1, any H and W from 1.
            layers: Names such as `conv1_1` (before the ReLU) and `relu3_1` (after it).

        Returns:
            Layer name to (N, C, H / 2ⁿ, W / 2ⁿ), in network order.
        """
        found: dict[str, Tensor] = {}

        def keep(layer: str, hidden: Tensor, _: list[Back]) -> None:
            if layer in layers:
                found[layer] = hidden.clone()

        self.walk(image, layers, keep, back=False)
        return found

    @torch.no_grad()
    def walk(self, image: Tensor, layers: Collection[str], tap: Tap, *, back: bool = True) -> list[Back]:
        """Go through the network as far as these layers.

        Args:
            image: (N, 3, H, W), float32 in 0..1, any H and W from 1.
            layers: Names such as `conv1_1` and `relu3_1`; their features are not overwritten on the way.
            tap: Shown these layers, and others.
            back: Whether to note the way back, which holds on to most of the features.

        Returns:
            The way back, first step first; empty unless it was asked for.
        """
        steps: list[Back] = []
        depths = [self.names.index(convolution_of(layer)) for layer in layers]
        names = self.names[: max(depths) + 1]
        hidden = self._prepare(image, steps)
        for name, following in zip(names, [*names[1:], ""], strict=True):
            if not back:
                steps.clear()
            hidden = self._convolve(name, hidden, steps)
            tap(name, hidden, steps)
            relu, pooled = name.replace("conv", "relu"), following.endswith("_1")
            if not following and relu not in layers:
                break
            if pooled and relu not in layers and name not in layers:
                hidden = _rectify(_pool(hidden, steps), steps)
                continue
            # In place would overwrite a tap whose gradient needs it.
            hidden = _rectify(hidden, steps, inplace=name not in layers)
            tap(relu, hidden, steps)
            if pooled:
                hidden = _pool(hidden, steps)
        return steps if back else []

    def _prepare(self, image: Tensor, steps: list[Back]) -> Tensor:
        """Normalise, and go past the border; see `exact` and `dtype`."""
        normal = (image - self._mean) / self._std
        padded = functional.pad(normal, (1, 1, 1, 1), mode="constant" if self.exact else "replicate")

        def back(gradient: Tensor) -> Tensor:
            gradient = gradient.to(image.dtype, memory_format=torch.contiguous_format)
            return (gradient[..., 1:-1, 1:-1] if self.exact else _fold(gradient)) / self._std

        steps.append(back)
        if not self._split:
            return padded.to(self.dtype).contiguous(memory_format=torch.channels_last)
        high = padded.to(self.dtype)
        low = (padded - high).to(self.dtype)
        return torch.cat([high, low, torch.zeros_like(high[:, :2])], 1).contiguous(memory_format=torch.channels_last)

    def _convolve(self, name: str, hidden: Tensor, steps: list[Back]) -> Tensor:
        if name in self.identities:
            return hidden
        weight, padding = self._weights[name], 0 if name == "conv1_1" else 1
        shape = (len(hidden), weight.shape[1], *hidden.shape[2:])

        def back(gradient: Tensor) -> Tensor:
            result: Tensor = conv2d_input(shape, weight, gradient, padding=padding)  # type: ignore[no-untyped-call]
            return result.contiguous(memory_format=torch.channels_last)

        steps.append(back)
        forward = self._first if name == "conv1_1" and self._split else weight
        return functional.conv2d(hidden, forward, self._biases[name], padding=padding)


def _rectify(hidden: Tensor, steps: list[Back], *, inplace: bool = True) -> Tensor:
    rectified = torch.relu_(hidden) if inplace else torch.relu(hidden)

    def back(gradient: Tensor) -> Tensor:
        result: Tensor = torch.ops.aten.threshold_backward(gradient, rectified, 0)
        return result

    steps.append(back)
    return rectified


def _pool(hidden: Tensor, steps: list[Back]) -> Tensor:
    """Largest of 2×2; the last row and column of an odd size count (ceil_mode), and 1 px never shrinks to none."""

    def back(gradient: Tensor) -> Tensor:
        # Found anew: kept, the indices of 8 bytes would be the largest thing in memory.
        _, indices = functional.max_pool2d(hidden, 2, ceil_mode=True, return_indices=True)
        backward = torch.ops.aten.max_pool2d_with_indices_backward
        result: Tensor = backward(gradient, hidden, [2, 2], [2, 2], [0, 0], [1, 1], True, indices)
        return result

    steps.append(back)
    return functional.max_pool2d(hidden, 2, ceil_mode=True)


def _fold(padded: Tensor) -> Tensor:
    """The gradient of replicate padding by one pixel: what fell on the border belongs to the edge pixels."""
    rows = padded[..., 1:-1, :].clone()
    rows[..., 0, :] += padded[..., 0, :]
    rows[..., -1, :] += padded[..., -1, :]
    columns = rows[..., 1:-1].clone()
    columns[..., 0] += rows[..., 0]
    columns[..., -1] += rows[..., -1]
    return columns

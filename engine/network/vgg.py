"""VGG19's convolution layers with frozen weights: forward and backward passes.

The backward pass is written by hand instead of left to autograd, because nearly all time and memory of a run is spent
here. Of each layer only what its gradient needs is kept; a layer before a pooling is rectified after it, when it is
four times smaller; and the gradient of a statistic is added in place instead of in a tensor of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from engine.network import card
from engine.network.kernels import Kernels, nnpack_is_available
from engine.network.layers import CONVOLUTIONS, convolution_of
from engine.network.moments import HALVES
from engine.network.pooling import Backward, average_pool, max_pool, max_pool_of_planes
from engine.network.scaling import scaled

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and standard deviation of ImageNet's channels: VGG19 was trained on (image - MEAN) / STD."""

Hook = Callable[[str, Tensor, list[Backward]], None]
"""Called in the forward pass with a layer's name, its features, (N, C, h, w), and the backward steps so far.

A hook may append a backward step of its own.
"""


def normalize(image: Tensor) -> Tensor:
    """Normalise pictures (N, 3, H, W) in 0..1 by ImageNet's statistics; the result lies in about -2..3."""
    return (image - _channels(MEAN).to(image)) / _channels(STD).to(image)


def _channels(values: Sequence[float]) -> Tensor:
    return torch.tensor(values).view(1, 3, 1, 1)


class Features:
    """VGG19 from the picture to the deepest layer that the weights contain.

    Args:
        state: `features.N.weight` and `features.N.bias` of the first convolutions, with torchvision's keys.
        device: Where it computes.
        dtype: Of the convolutions. In 16 bits the first convolution receives each picture as the sum of two numbers, so
            that its values are not rounded. In float16 features are multiplied by factors; see `factor`.
        exact: Whether the first convolution pads with zeros, as published. Otherwise it repeats the edge pixels,
            because zeros would add a dark frame to the statistics.
        pooling: Maximum, as VGG19 was trained, or average, as Gatys et al. 2016 preferred.
        kernels: Of the convolutions. `winograd` needs a fifth of the multiplications, and has errors of 1e-5 of the
            largest activation; only in float32 on the CPU, and where torch has NNPACK.

    Attributes:
        names: The convolutions, in network order.
        kernels: As given.
        identities: Convolutions whose output is their input, as in the builtin weights; they are skipped.
        picture_dtype: Of pictures and their gradients: float32, or float64 if `dtype` is.
    """

    def __init__(
        self,
        state: Mapping[str, Tensor],
        *,
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
        exact: bool = True,
        pooling: Literal["max", "average"] = "max",
        kernels: Kernels = "direct",
    ) -> None:
        self.device, self.dtype, self.exact, self.kernels = device, dtype, exact, kernels
        winograd = kernels == "winograd" and nnpack_is_available()
        # oneDNN's kernels are fastest where the channels of a pixel lie side by side, NNPACK's need whole planes.
        self._memory_format = torch.contiguous_format if winograd else torch.channels_last
        # cuDNN has one kernel that convolves, adds the bias and rectifies, in half of the time of three.
        self._fused = self.device.startswith("cuda") and dtype in HALVES
        self._max_pool = max_pool_of_planes if winograd else max_pool
        if self._fused and card.is_available():
            self._max_pool = card.max_pool_on_card
        self._pool = self._max_pool if pooling == "max" else average_pool
        state, self._factors = scaled(state) if dtype == torch.float16 else (state, {})
        self.names = [name for name, index in CONVOLUTIONS.items() if f"features.{index}.weight" in state]
        self._weights = {name: self._put(state[f"features.{CONVOLUTIONS[name]}.weight"]) for name in self.names}
        self._biases = {name: state[f"features.{CONVOLUTIONS[name]}.bias"].to(device, dtype) for name in self.names}
        self._convolution = torch._nnpack_spatial_convolution if winograd else functional.conv2d
        self._turned: dict[str, Tensor] = {}
        self.identities = frozenset(name for name in self.names if self._is_identity(name))
        self.picture_dtype = torch.float64 if dtype == torch.float64 else torch.float32
        # Copied to the device once: a copy in each evaluation would make a CUDA device wait.
        self._mean, self._std = (_channels(each).to(device, self.picture_dtype) for each in (MEAN, STD))
        self._split = dtype in HALVES
        if self._split:
            first = self._weights["conv1_1"]
            # The fast kernels need 8 channels, CUDA's 16: three for each half of the picture, and the rest zeros.
            zeros = first.new_zeros(len(first), (16 if self.device.startswith("cuda") else 8) - 6, 3, 3)
            self._first = self._put(torch.cat([first, first, zeros], 1))

    def _put(self, weight: Tensor) -> Tensor:
        return weight.to(self.device, self.dtype).contiguous(memory_format=self._memory_format)

    def _is_identity(self, name: str) -> bool:
        weight = self._weights[name]
        outputs, inputs = weight.shape[:2]
        centre = torch.eye(outputs, inputs, device=weight.device, dtype=weight.dtype)
        alone = torch.equal(weight[:, :, 1, 1], centre) and int(weight.count_nonzero()) == outputs
        return inputs == outputs and alone and not bool(self._biases[name].any())

    def factor(self, layer: str) -> float:
        """By what the features of a layer are multiplied: 1, except in float16."""
        return self._factors.get(convolution_of(layer), 1.0)

    @torch.no_grad()
    def extract(self, image: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        """Compute features of pictures.

        Args:
            image: (N, 3, H, W), `picture_dtype` in 0..1, H and W from 1.
            layers: Names such as `conv1_1` (before the ReLU) and `relu3_1` (after it).

        Returns:
            Layer name to (N, C, H / 2ⁿ, W / 2ⁿ), rounded up, n being the poolings before the layer, multiplied by the
            layer's factor; in network order.
        """
        found: dict[str, Tensor] = {}

        def keep(layer: str, hidden: Tensor, _: list[Backward]) -> None:
            if layer in layers:
                found[layer] = hidden.clone()

        self.forward(image, layers, keep, record_backward=False)
        return found

    @torch.no_grad()
    def forward(
        self, image: Tensor, layers: Collection[str], hook: Hook, *, record_backward: bool = True
    ) -> list[Backward]:
        """Run the forward pass as far as the deepest of these layers.

        Args:
            image: (N, 3, H, W), `picture_dtype` in 0..1, H and W from 1.
            layers: Names such as `conv1_1` and `relu3_1`; their features are not overwritten by later operations.
            hook: Called for these layers, and for others before the deepest one.
            record_backward: Whether to record the backward pass, which keeps most of the features in memory.

        Returns:
            The steps of the backward pass, to be called from last to first; empty unless they are recorded.
        """
        steps: list[Backward] = []
        depths = [self.names.index(convolution_of(layer)) for layer in layers]
        names = self.names[: max(depths) + 1]
        hidden = self._prepare(image, steps)
        for name, following in zip(names, [*names[1:], ""], strict=True):
            if not record_backward:
                steps.clear()
            fused = self._fused and name not in layers and name not in self.identities
            hidden = self._convolve(name, hidden, steps, rectify=fused)
            hook(name, hidden, steps)
            relu, pooled = name.replace("conv", "relu"), following.endswith("_1")
            if not following and relu not in layers:
                break
            if pooled and self._pool is self._max_pool and relu not in layers and name not in layers:
                hidden = _relu(self._max_pool(hidden, steps), steps)
                continue
            # In place would overwrite features that the hook's gradient needs.
            hidden = _rectified(hidden, steps) if fused else _relu(hidden, steps, inplace=name not in layers)
            hook(relu, hidden, steps)
            if pooled:
                hidden = self._pool(hidden, steps)
        return steps if record_backward else []

    def _prepare(self, image: Tensor, steps: list[Backward]) -> Tensor:
        """Normalise and pad the picture, and split it in 16 bits; see `exact` and `dtype`."""
        normal = (image - self._mean) / self._std
        padded = functional.pad(normal, (1, 1, 1, 1), mode="constant" if self.exact else "replicate")

        def backward(gradient: Tensor) -> Tensor:
            gradient = gradient.to(image.dtype, memory_format=torch.contiguous_format)
            return (gradient[..., 1:-1, 1:-1] if self.exact else _replicate_pad_backward(gradient)) / self._std

        steps.append(backward)
        if not self._split:
            return padded.to(self.dtype).contiguous(memory_format=self._memory_format)
        high = padded.to(self.dtype)
        low = (padded - high).to(self.dtype)
        zeros = high.new_zeros(len(high), self._first.shape[1] - 6, *high.shape[2:])
        return torch.cat([high, low, zeros], 1).contiguous(memory_format=torch.channels_last)

    def _convolve(self, name: str, hidden: Tensor, steps: list[Backward], *, rectify: bool) -> Tensor:
        if name in self.identities:
            return hidden
        padding = 0 if name == "conv1_1" else 1
        steps.append(lambda gradient: self._convolution(gradient, self._turned_weight(name), None, padding=2 - padding))
        weight = self._first if name == "conv1_1" and self._split else self._weights[name]
        if rectify:
            return torch.cudnn_convolution_relu(hidden, weight, self._biases[name], (1, 1), (padding,) * 2, (1, 1), 1)
        return self._convolution(hidden, weight, self._biases[name], padding=padding)

    def _turned_weight(self, name: str) -> Tensor:
        """Filters turned and transposed: a convolution with them is the gradient of the layer's convolution.

        torch's own gradient of a convolution wants its input too, and copies it, although only its shape counts.
        """
        if name not in self._turned:
            self._turned[name] = self._put(self._weights[name].transpose(0, 1).flip(2, 3))
        return self._turned[name]


def _relu(hidden: Tensor, steps: list[Backward], *, inplace: bool = True) -> Tensor:
    return _rectified(torch.relu_(hidden) if inplace else torch.relu(hidden), steps)


def _rectified(rectified: Tensor, steps: list[Backward]) -> Tensor:
    """Append the backward step of a rectification; returns the rectified features as they are."""

    def backward(gradient: Tensor) -> Tensor:
        # In place: a new tensor's pages, which the system fills with zeros, took ten times as long as the rest.
        torch.ops.aten.threshold_backward.grad_input(gradient, rectified, 0, grad_input=gradient)
        return gradient

    steps.append(backward)
    return rectified


def _replicate_pad_backward(padded: Tensor) -> Tensor:
    """Gradient of replicate padding by one pixel: the border's gradient is added to that of the edge pixels."""
    rows = padded[..., 1:-1, :].clone()
    rows[..., 0, :] += padded[..., 0, :]
    rows[..., -1, :] += padded[..., -1, :]
    columns = rows[..., 1:-1].clone()
    columns[..., 0] += rows[..., 0]
    columns[..., -1] += rows[..., -1]
    return columns

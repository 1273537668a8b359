"""A straightforward implementation of the presets' objective with autograd, for comparison.

The published objective, of the preset `paper`, is here as it is usually written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from engine.network.layers import CONVOLUTIONS, convolution_of
from engine.network.vgg import MEAN, STD
from engine.optimize.objective import Layers
from engine.options import Hyperparameters

_average_pool = partial(functional.avg_pool2d, count_include_pad=False)


class ReferenceObjective:
    """The loss of `engine.optimize.objective.Objective` for Gram losses, a style for each picture, no regions.

    Args:
        state: `features.N.weight` and `features.N.bias`.
        hyperparameters: Weights of the losses.
        layers: The layers of the losses.
        content: (N, 3, H, W) in 0..1.
        style: (N, 3, h, w) in 0..1.
    """

    def __init__(
        self,
        state: Mapping[str, Tensor],
        hyperparameters: Hyperparameters,
        layers: Layers,
        content: Tensor,
        style: Tensor,
    ) -> None:
        self._hyperparameters, self._layers = hyperparameters, layers
        self._state = {key: part.to(content) for key, part in state.items()}
        with torch.no_grad():
            self._content = self._features(content)[layers.content]
            self._grams = {layer: _gram(part) for layer, part in self._features(style).items() if layer in layers.style}

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the losses, (N,), of pictures (N, 3, H, W), and the gradient."""
        leaf = image.detach().requires_grad_()
        hyperparameters, features = self._hyperparameters, self._features(leaf)
        loss = image.new_zeros(len(image))
        for layer, weight in self._layers.style.items():
            target = self._grams[layer]
            error = (_gram(features[layer]) - target).square().mean((1, 2)) / target.square().mean((1, 2))
            loss = loss + hyperparameters.style_weight * weight * error
        difference = (features[self._layers.content] - self._content).square().mean((1, 2, 3))
        loss = loss + self._layers.content_weight * difference / self._content.square().mean((1, 2, 3))
        for part in (leaf.diff(dim=2), leaf.diff(dim=3)):
            if part.numel():
                loss = loss + hyperparameters.tv_weight * part.square().mean((1, 2, 3))
        (gradient,) = torch.autograd.grad(loss.sum(), leaf)
        return loss.detach(), gradient

    def _features(self, image: Tensor) -> dict[str, Tensor]:
        """All layers' features up to the deepest layer of the losses."""
        names = list(CONVOLUTIONS)
        mean, std = (torch.tensor(each).view(1, 3, 1, 1).to(image) for each in (MEAN, STD))
        hidden, found = (image - mean) / std, {}
        for name in names[: names.index(convolution_of(self._layers.deepest)) + 1]:
            if name.endswith("_1") and name != "conv1_1":
                pool = functional.max_pool2d if self._hyperparameters.pooling == "max" else _average_pool
                hidden = pool(hidden, 2, ceil_mode=True)
            mode = "replicate" if name == "conv1_1" else "constant"
            key = f"features.{CONVOLUTIONS[name]}"
            padded = functional.pad(hidden, (1, 1, 1, 1), mode=mode)
            found[name] = functional.conv2d(padded, self._state[f"{key}.weight"], self._state[f"{key}.bias"])
            hidden = functional.relu(found[name])
            found[name.replace("conv", "relu")] = hidden
        return found


class PublishedObjective:
    """The loss of `paper` as it is usually written: modules in a row, autograd, Gram matrices of (C, H·W).

    Args:
        state: `features.N.weight` and `features.N.bias` as far as conv3_1.
        content: (1, 3, H, W) in 0..1.
        style: (1, 3, H, W) in 0..1.
        image: (1, 3, H, W) in 0..1, at which it is evaluated.
    """

    def __init__(self, state: Mapping[str, Tensor], content: Tensor, style: Tensor, image: Tensor) -> None:
        self._state = {
            key: part.contiguous(memory_format=torch.channels_last) if part.dim() == 4 else part
            for key, part in state.items()
        }
        self._image = image
        with torch.no_grad():
            self._content = self._features(content)["conv2_2"]
            self._grams = [_gram(part) for part in self._features(style).values()]

    def __call__(self) -> tuple[Tensor, Tensor]:
        """Compute loss and gradient."""
        leaf = self._image.detach().requires_grad_()
        features = self._features(leaf)
        loss = functional.mse_loss(features["conv2_2"], self._content)
        for part, target in zip(features.values(), self._grams, strict=True):
            loss = loss + 1e6 * functional.mse_loss(_gram(part) / part.shape[1], target / part.shape[1])
        (gradient,) = torch.autograd.grad(loss, leaf)
        return loss.detach(), gradient

    def _features(self, image: Tensor) -> dict[str, Tensor]:
        mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (MEAN, STD))
        hidden, found = (image - mean) / std, {}
        for name in ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1"):
            key = f"features.{CONVOLUTIONS[name]}"
            hidden = functional.conv2d(hidden, self._state[f"{key}.weight"], self._state[f"{key}.bias"], padding=1)
            found[name] = hidden
            hidden = functional.relu(hidden)
            if name in {"conv1_2", "conv2_2"}:
                hidden = functional.max_pool2d(hidden, 2)
        return found


def _gram(features: Tensor) -> Tensor:
    """Gram matrices of (N, C, h, w), divided by the pixels, (N, C, C)."""
    return features.flatten(2) @ features.flatten(2).mT / features[0, 0].numel()

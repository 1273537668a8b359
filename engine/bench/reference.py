"""The loss as anybody would write it: plain layers, autograd, nothing kept back. What the bench measures against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from engine.network.vgg import CONVOLUTIONS, MEAN, STD
from engine.optimize.objective import Layers
from engine.options import Recipe


class NaiveObjective:
    """The weighted sum of `engine.optimize.objective.Objective` with Gram matrices, for pictures of one style.

    Args:
        state: `features.N.weight` and `features.N.bias`.
        recipe: Weights of the losses.
        layers: Where they sit.
        content: (N, 3, H, W) in 0..1.
        style: Likewise, any H and W.
    """

    def __init__(
        self, state: Mapping[str, Tensor], recipe: Recipe, layers: Layers, content: Tensor, style: Tensor
    ) -> None:
        self._recipe, self._layers = recipe, layers
        self._state = {key: part.to(content) for key, part in state.items()}
        with torch.no_grad():
            self._content = self._features(content)[layers.content]
            self._grams = {layer: _gram(part) for layer, part in self._features(style).items() if layer in layers.style}

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, H, W) to the losses, (N,), and the gradient."""
        leaf = image.detach().requires_grad_()
        recipe, found = self._recipe, self._features(leaf)
        loss = image.new_zeros(len(image))
        for layer, weight in self._layers.style.items():
            target = self._grams[layer]
            scale = target.square().mean((1, 2))
            scale = scale if recipe.normalized else torch.full_like(scale, target.shape[-1] ** 2)
            error = (_gram(found[layer]) - target).square().mean((1, 2))
            loss = loss + recipe.style_weight * weight * error / scale
        difference = (found[self._layers.content] - self._content).square().mean((1, 2, 3))
        scale = self._content.square().mean((1, 2, 3))
        scale = scale if recipe.normalized else torch.ones_like(scale)
        loss = loss + self._layers.content_weight * difference / scale
        for part in (leaf.diff(dim=2), leaf.diff(dim=3)):
            if part.numel():
                loss = loss + recipe.tv_weight * part.square().mean((1, 2, 3))
        (gradient,) = torch.autograd.grad(loss.sum(), leaf)
        return loss.detach(), gradient

    def _features(self, image: Tensor) -> dict[str, Tensor]:
        mean, std = (torch.tensor(each).view(1, 3, 1, 1).to(image) for each in (MEAN, STD))
        hidden, found = (image - mean) / std, {}
        for name in self._names():
            if name.endswith("_1") and name != "conv1_1":
                hidden = functional.max_pool2d(hidden, 2, ceil_mode=True)
            mode = "replicate" if name == "conv1_1" and not self._recipe.exact else "constant"
            key = f"features.{CONVOLUTIONS[name]}"
            padded = functional.pad(hidden, (1, 1, 1, 1), mode=mode)
            found[name] = functional.conv2d(padded, self._state[f"{key}.weight"], self._state[f"{key}.bias"])
            hidden = functional.relu(found[name])
            found[name.replace("conv", "relu")] = hidden
        return found

    def _names(self) -> Sequence[str]:
        """The convolutions up to the deepest layer that is looked at."""
        names = list(CONVOLUTIONS)
        return names[: names.index(self._layers.deepest.replace("relu", "conv")) + 1]


def _gram(features: Tensor) -> Tensor:
    return features.flatten(2) @ features.flatten(2).mT / features[0, 0].numel()

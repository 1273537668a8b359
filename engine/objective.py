"""What a picture is optimised for: the weighted sum of its losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.losses import ContentLoss, RegionLoss, StyleLoss, gram_matrix, tv_loss
from engine.options import Recipe
from engine.vgg import Features


@dataclass(frozen=True)
class Layers:
    """The layers that a recipe's losses sit on, as far as the weights reach.

    Attributes:
        style: Names in network order.
        content: One name.
        content_weight: What its loss is multiplied by.
        notes: What is missing, in words.
    """

    style: tuple[str, ...]
    content: str
    content_weight: float
    notes: tuple[str, ...] = ()


def choose_layers(recipe: Recipe, held: Sequence[str]) -> Layers:
    """Keep the recipe's layers that the weights hold, and say what is missing.

    Args:
        recipe: Names its style layers and its content layers, best first.
        held: The weights' layers in network order.
    """
    style = tuple(layer for layer in recipe.style_layers if layer in held)
    wanted, weight = recipe.content_layers[0]
    content, weight = next((pair for pair in recipe.content_layers if pair[0] in held), (held[-1], weight))
    missing = [layer for layer in recipe.style_layers if layer not in held]
    notes = []
    if missing:
        notes.append(f"style layers missing from the weights: {', '.join(missing)}")
    if content != wanted:
        notes.append(f"content layer {wanted} missing from the weights: {content} used")
    return Layers(style, content, weight, tuple(notes))


class Objective:
    """The loss of a picture at one scale: style, content and total variation.

    Args:
        features: The network.
        layers: Where the losses sit.
        recipe: Weights of the losses.
        balance: Multiplies the style weight: the caller's strength.
        content: (1, 3, H, W) in 0..1.
        styles: Style pictures, likewise, each of any size, and each one's share of 1.
        portions: (styles, H, W) in 0..1, how much of each style belongs on each pixel, in place of the shares;
            None: every style everywhere.
    """

    def __init__(
        self,
        features: Features,
        layers: Layers,
        recipe: Recipe,
        *,
        balance: float,
        content: Tensor,
        styles: Sequence[tuple[Tensor, float]],
        portions: Tensor | None = None,
    ) -> None:
        self._features = features
        self._recipe = recipe
        self._content_weight = layers.content_weight
        self._balance = balance
        self._taps = {*layers.style, layers.content}
        with torch.no_grad():
            target = self._extract(content, {layers.content})[layers.content]
            grams = [self._grams(picture, set(layers.style)) for picture, _ in styles]
        self.content = {layers.content: ContentLoss(target, normalized=recipe.normalized)}
        shares = [share for _, share in styles]
        self.style = {
            layer: _style_loss([gram[layer] for gram in grams], shares, portions, normalized=recipe.normalized)
            for layer in layers.style
        }

    def __call__(self, image: Tensor) -> Tensor:
        """(1, 3, H, W) in 0..1 to the weighted sum, a scalar."""
        style, content, tv = self._parts(image)
        recipe = self._recipe
        total = recipe.style_weight * self._balance * sum(style.values(), image.new_zeros(()))
        total = total + self._content_weight * sum(content.values(), image.new_zeros(()))
        return total + recipe.tv_weight * tv if recipe.tv_weight else total

    @torch.no_grad()
    def losses(self, image: Tensor) -> dict[str, float]:
        """Each loss of a picture by name, unweighted."""
        style, content, tv = self._parts(image)
        named = {f"style {layer}": loss for layer, loss in style.items()}
        named |= {f"content {layer}": loss for layer, loss in content.items()}
        return {name: float(loss) for name, loss in {**named, "tv": tv}.items()}

    def _parts(self, image: Tensor) -> tuple[dict[str, Tensor], dict[str, Tensor], Tensor]:
        taps = self._extract(image, self._taps)
        style = {layer: loss(taps[layer]) for layer, loss in self.style.items()}
        content = {layer: loss(taps[layer]) for layer, loss in self.content.items()}
        return style, content, tv_loss(image)

    def _grams(self, picture: Tensor, layers: set[str]) -> dict[str, Tensor]:
        return {layer: gram_matrix(features) for layer, features in self._extract(picture, layers).items()}

    def _extract(self, image: Tensor, layers: set[str]) -> dict[str, Tensor]:
        taps: dict[str, Tensor] = self._features(image, layers, replicate=not self._recipe.exact)
        return taps


def _style_loss(
    grams: Sequence[Tensor], shares: Sequence[float], portions: Tensor | None, *, normalized: bool
) -> StyleLoss | RegionLoss:
    """One layer's loss: against the styles' mean, or each in its region."""
    if portions is not None:
        return RegionLoss(grams, portions, normalized=normalized)
    mean = sum((share * gram for gram, share in zip(grams, shares, strict=True)), torch.zeros_like(grams[0]))
    return StyleLoss(mean, normalized=normalized)

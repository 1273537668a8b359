"""What a picture is optimised for: the weighted sum of its losses, and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from engine.network.statistics import Measurement, Probe, Statistics
from engine.network.tiles import Tile, cut, margin_of
from engine.network.vgg import Features, convolution_of, pools_before
from engine.optimize.losses import STYLE_LOSSES, Moments, content_scale, tv_loss
from engine.options import Recipe

Loss = Callable[[Statistics], tuple[Tensor, Statistics]]
"""Statistics to the loss of each picture, (N,), and the loss's gradient with respect to each statistic."""

StyleTarget = Mapping[str, Moments]
"""Style layer to the moments that are aimed at."""


@dataclass(frozen=True)
class Layers:
    """The layers that a recipe's losses sit on, as far as the weights reach.

    Attributes:
        style: Names in network order, and what each one's loss is multiplied by.
        content: One name.
        content_weight: What its loss is multiplied by.
        notes: What is missing, in words.
    """

    style: Mapping[str, float]
    content: str
    content_weight: float
    notes: tuple[str, ...] = ()

    @property
    def deepest(self) -> str:
        """The last layer in network order."""
        return max([*self.style, self.content], key=lambda layer: layer.removeprefix("conv").removeprefix("relu"))


def choose_layers(recipe: Recipe, held: Sequence[str]) -> Layers:
    """Keep the recipe's layers that the weights hold, and say what is missing.

    Args:
        recipe: Names its style layers and its content layers, best first.
        held: The weights' layers in network order.
    """
    style = {layer: weight for layer, weight in recipe.style_layers if layer in held}
    wanted, weight = recipe.content_layers[0]
    content, weight = next((pair for pair in recipe.content_layers if pair[0] in held), (held[-1], weight))
    missing = [layer for layer, _ in recipe.style_layers if layer not in held]
    notes = []
    if missing:
        notes.append(f"style layers missing from the weights: {', '.join(missing)}")
    if content != wanted:
        notes.append(f"content layer {wanted} missing from the weights: {content} used")
    return Layers(style, content, weight, tuple(notes))


class Meter:
    """Measures pictures with a network, whole or in tiles.

    Args:
        features: The network.
        layers: Where the losses sit.
        means: Whether the style loss needs first moments.
        tile: Edge of the tiles in pixels; 0: pictures are measured whole.
    """

    def __init__(self, features: Features, layers: Layers, *, means: bool, tile: int = 0) -> None:
        self.features, self.layers, self.tile = features, layers, tile
        self.style = Probe(style=tuple(layers.style), means=means)
        deepest = features.names.index(convolution_of(layers.deepest))
        self._margin = margin_of(features.names[: deepest + 1])

    def tiles(self, image: Tensor) -> list[Tile]:
        """How a picture (N, 3, H, W) is cut; no tiles: not at all."""
        height, width = image.shape[2:]
        return cut(height, width, self.tile, self._margin) if self.tile and max(height, width) > self.tile else []

    def measure(self, image: Tensor, probe: Probe) -> Statistics:
        """Statistics of a whole picture."""
        tiles = self.tiles(image)
        if not tiles:
            return Measurement(self.features, image, probe, back=False).statistics
        statistics = Statistics()
        for tile in tiles:
            statistics.add(Measurement(self.features, image[tile.window], probe, tile, back=False).statistics)
        return statistics

    def descend(self, image: Tensor, probe: Probe, loss: Loss) -> tuple[Tensor, Tensor]:
        """A picture's loss, (N,), and its gradient, (N, 3, H, W).

        In tiles the network is gone through twice: what is lost in each statistic is known only from all tiles.
        """
        tiles = self.tiles(image)
        if not tiles:
            whole = Measurement(self.features, image, probe)
            lost, slopes = loss(whole.statistics)
            return lost, whole.gradient(slopes)
        lost, slopes = loss(self.measure(image, probe))
        gradient = torch.zeros_like(image)
        for tile in tiles:
            gradient[tile.window] += Measurement(self.features, image[tile.window], probe, tile).gradient(slopes)
        return lost, gradient

    def moments(self, image: Tensor) -> StyleTarget:
        """Moments of style pictures (N, 3, H, W) at each style layer, for one region."""
        return _moments(self.measure(image, self.style), {layer: _pixels(image, layer) for layer in self.layers.style})

    def content(self, image: Tensor) -> Tensor:
        """Features of content pictures (N, 3, H, W) at the content layer."""
        layer = self.layers.content
        if not (tiles := self.tiles(image)):
            return self.features.extract(image, [layer])[layer]
        whole: Tensor | None = None
        for tile in tiles:
            inner, outer = tile.at(pools_before(layer))
            part = self.features.extract(image[tile.window], [layer])[layer]
            if whole is None:
                size = [-(-edge >> pools_before(layer)) for edge in image.shape[2:]]
                whole = part.new_empty(len(image), part.shape[1], *size).to(memory_format=torch.channels_last)
            whole[outer] = part[inner]
        assert whole is not None
        return whole


class Objective:
    """The loss of N pictures at one scale: style, content and total variation, each picture's its own.

    Args:
        meter: The network and its layers.
        recipe: Weights of the losses.
        content: (N, 3, H, W) in 0..1.
        target: The styles' moments, (N, K, ...).
        balance: (N,), what the style weight is multiplied by: the callers' strength.
        regions: (N, K, H, W) in 0..1, how much of each style belongs on each pixel; None: one style everywhere.
    """

    def __init__(
        self,
        meter: Meter,
        recipe: Recipe,
        *,
        content: Tensor,
        target: StyleTarget,
        balance: Tensor,
        regions: Tensor | None = None,
    ) -> None:
        self._meter, self._recipe, self._target, self._balance = meter, recipe, target, balance
        self._loss = STYLE_LOSSES[recipe.statistic]
        features = meter.content(content)
        self._content_scale = content_scale(features, normalized=recipe.normalized)
        down = (
            {layer: downward(regions, pools_before(layer)) for layer in meter.layers.style}
            if regions is not None
            else {}
        )
        self._probe = replace(meter.style, content=meter.layers.content, target=features, regions=down)
        self._areas = {layer: self._area(content, layer) for layer in meter.layers.style}
        self._shares = torch.ones(len(content), 1, device=content.device) if regions is None else regions.mean((2, 3))

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Loss and gradient of pictures.

        Args:
            image: (N, 3, H, W) in 0..1.

        Returns:
            (N,), the weighted sums, and (N, 3, H, W).
        """
        loss, gradient = self._meter.descend(image, self._probe, self._slopes)
        if self._recipe.tv_weight:
            tv, smoothing = tv_loss(image)
            loss = loss + self._recipe.tv_weight * tv
            gradient.add_(smoothing, alpha=self._recipe.tv_weight)
        return loss, gradient

    @torch.no_grad()
    def losses(self, image: Tensor) -> list[dict[str, float]]:
        """Each picture's losses by name, unweighted."""
        found = self._meter.measure(image, self._probe)
        named = {f"style {layer}": loss for layer, loss in self._style(found).items()}
        named |= {f"content {self._meter.layers.content}": self._content(found), "tv": tv_loss(image)[0]}
        return [{name: float(loss[n]) for name, loss in named.items()} for n in range(len(image))]

    def _slopes(self, found: Statistics) -> tuple[Tensor, Statistics]:
        """The weighted sum without total variation, (N,), and its gradient with respect to each statistic."""
        leaves = Statistics(
            {layer: value.requires_grad_() for layer, value in found.second.items()},
            {layer: value.requires_grad_() for layer, value in found.first.items()},
            found.content.requires_grad_() if found.content is not None else None,
        )
        with torch.enable_grad():
            style = sum(
                (self._meter.layers.style[layer] * loss for layer, loss in self._style(leaves).items()),
                torch.zeros_like(self._balance),
            )
            content = self._meter.layers.content_weight * self._content(leaves)
            loss = self._recipe.style_weight * self._balance * style + content
            slopes = iter(torch.autograd.grad(loss.sum(), leaves.values()))
        return loss.detach(), Statistics(
            {layer: next(slopes) for layer in leaves.second},
            {layer: next(slopes) for layer in leaves.first},
            next(slopes, None),
        )

    def _style(self, found: Statistics) -> dict[str, Tensor]:
        """Each style layer's loss, (N,): that of each region by its share of the picture.

        The gradient of a statistic that is divided by its region's area grows as the region shrinks; with the
        area as the weight, style and content are balanced on every pixel as they are without regions.
        """
        moments = _moments(found, self._areas)
        return {layer: (self._loss(moments[layer], self._target[layer]) * self._shares).sum(1) for layer in moments}

    def _content(self, found: Statistics) -> Tensor:
        assert found.content is not None
        return found.content * self._content_scale

    def _area(self, content: Tensor, layer: str) -> Tensor:
        """(N, K), the pixels that each region counts at a layer."""
        if layer in self._probe.regions:
            return self._probe.regions[layer].sum((2, 3))
        return _pixels(content, layer)


def _moments(sums: Statistics, areas: Mapping[str, Tensor]) -> dict[str, Moments]:
    """Means from sums."""
    found = {}
    for layer, second in sums.second.items():
        area = areas[layer].clamp_min(1e-12)
        first = sums.first[layer] / area[..., None] if layer in sums.first else None
        found[layer] = Moments(second / area[..., None, None], first)
    return found


def _pixels(image: Tensor, layer: str) -> Tensor:
    """(N, 1), the pixels of a picture at a layer."""
    height, width = (-(-edge >> pools_before(layer)) for edge in image.shape[2:])
    return torch.full((len(image), 1), float(height * width), device=image.device)


def downward(regions: Tensor, pools: int) -> Tensor:
    """Regions averaged down as the network halves the picture itself, so both stay in register at odd sizes."""
    for _ in range(pools):
        regions = functional.avg_pool2d(regions, 2, ceil_mode=True)
    return regions

"""The objective of the optimisation: the weighted sum of a picture's losses, and its gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional

from engine.network.layers import convolution_of, pools_before
from engine.network.moments import first_moment, second_moment
from engine.network.statistics import Measurement, Statistics, StatisticsSpec, gradient_factors
from engine.network.tiles import Tile, cut_tiles, margin_of
from engine.network.vgg import Features
from engine.optimize.losses import STYLE_LOSSES, Moments, content_scale, tv_loss
from engine.options import Hyperparameters

StatisticsLoss = Callable[[Statistics], tuple[Tensor, Statistics]]
"""Statistics to the loss of each picture, (N,), and the gradient of the loss with respect to each statistic."""

StyleTarget = Mapping[str, Moments]
"""Style layer to the moments that the picture's moments are compared with."""

Balance = Mapping[str, Tensor]
"""Style layer to a factor of its weight for each picture, (N,); other layers have 1. See `engine.optimize.balance`."""


@dataclass(frozen=True)
class Layers:
    """The layers of the losses, as far as the weights contain them.

    Attributes:
        style: Layer to the weight of its style loss, in network order.
        content: The layer of the content loss.
        content_weight: The weight of the content loss.
        notes: What is missing from the weights, as phrases for the report.
    """

    style: Mapping[str, float]
    content: str
    content_weight: float
    notes: tuple[str, ...] = ()

    @property
    def deepest(self) -> str:
        """The last of the layers in network order."""
        return max([*self.style, self.content], key=lambda layer: layer.removeprefix("conv").removeprefix("relu"))


def choose_layers(hyperparameters: Hyperparameters, available: Sequence[str]) -> Layers:
    """Choose the layers that the weights contain, and note which are missing.

    Args:
        hyperparameters: Names the style layers, and the content layers in order of preference.
        available: The layers that the weights contain, in network order.
    """
    style = {layer: weight for layer, weight in hyperparameters.style_layers if layer in available}
    preferred, weight = hyperparameters.content_layers[0]
    candidates = (pair for pair in hyperparameters.content_layers if pair[0] in available)
    content, weight = next(candidates, (available[-1], weight))
    missing = [layer for layer, _ in hyperparameters.style_layers if layer not in available]
    notes = []
    if missing:
        notes.append(f"style layers missing from the weights: {', '.join(missing)}")
    if content != preferred:
        notes.append(f"content layer {preferred} missing from the weights: {content} used")
    return Layers(style, content, weight, tuple(notes))


class Extractor:
    """Extracts features and their statistics from pictures, whole or in tiles.

    Args:
        features: The network.
        layers: The layers of the losses.
        first_moments: Whether the style loss needs first moments.
        tile: Edge of the tiles in pixels; 0: pictures are not divided.
    """

    def __init__(self, features: Features, layers: Layers, *, first_moments: bool, tile: int = 0) -> None:
        self.features, self.layers, self.tile = features, layers, tile
        self.style_spec = StatisticsSpec(style=tuple(layers.style), first_moments=first_moments)
        deepest = features.names.index(convolution_of(layers.deepest))
        self._margin = margin_of(features.names[: deepest + 1])

    def tiles(self, image: Tensor) -> list[Tile]:
        """The tiles of pictures (N, 3, H, W); none where they are measured whole."""
        height, width = image.shape[2:]
        divided = self.tile and max(height, width) > self.tile
        return cut_tiles(height, width, self.tile, self._margin) if divided else []

    def statistics(self, image: Tensor, spec: StatisticsSpec) -> Statistics:
        """Statistics of pictures (N, 3, H, W)."""
        tiles = self.tiles(image)
        if not tiles:
            return Measurement(self.features, image, spec, record_backward=False).statistics
        statistics = Statistics()
        for tile in tiles:
            window = image[tile.window]
            statistics.add(Measurement(self.features, window, spec, tile, record_backward=False).statistics)
        return statistics

    def loss_and_gradient(self, image: Tensor, spec: StatisticsSpec, loss: StatisticsLoss) -> tuple[Tensor, Tensor]:
        """Loss of pictures (N, 3, H, W), (N,), and its gradient, (N, 3, H, W).

        With tiles, the forward pass runs twice: the gradients with respect to the statistics depend on the statistics
        of all tiles.
        """
        tiles = self.tiles(image)
        whole = None if tiles else Measurement(self.features, image, spec)
        statistics = self.statistics(image, spec) if whole is None else whole.statistics
        value, gradients = loss(statistics)
        factors = torch.ones_like(value)
        if self.features.dtype == torch.float16:
            factors = gradient_factors(statistics, gradients, image.shape[2] * image.shape[3])
            gradients = gradients.times(factors)
        if whole is not None:
            gradient = whole.gradient(gradients)
        else:
            gradient = torch.zeros_like(image)
            for tile in tiles:
                gradient[tile.window] += Measurement(self.features, image[tile.window], spec, tile).gradient(gradients)
        return value, gradient.div_(factors[:, None, None, None])

    def style_moments(self, image: Tensor) -> StyleTarget:
        """Moments of style pictures (N, 3, H, W) at each style layer, for one region."""
        counts = {layer: _pixel_count(image, layer) for layer in self.layers.style}
        return _means(self.statistics(image, self.style_spec), counts, self.features)

    def content_features(self, image: Tensor) -> Tensor:
        """Features of content pictures (N, 3, H, W) at the content layer, (N, C, h, w)."""
        layer = self.layers.content
        if not (tiles := self.tiles(image)):
            return self.features.extract(image, [layer])[layer]
        whole: Tensor | None = None
        for tile in tiles:
            inner, outer = tile.core_after(pools_before(layer))
            part = self.features.extract(image[tile.window], [layer])[layer]
            if whole is None:
                size = [-(-edge >> pools_before(layer)) for edge in image.shape[2:]]
                whole = part.new_empty(len(image), part.shape[1], *size).to(memory_format=torch.channels_last)
            whole[outer] = part[inner]
        assert whole is not None
        return whole


class Objective:
    """The loss of N pictures at one scale: style, content and total variation. The pictures are independent.

    Args:
        extractor: The network and its layers.
        hyperparameters: The style loss, and the weights of the losses.
        content: (N, 3, H, W) in 0..1.
        target: The styles' moments, for K regions of each picture.
        style_weight_factors: (N,), factors of the style weight, from the callers' strengths.
        regions: (N, K, H, W) in 0..1, the weight of each region on each pixel; None: one region, all weights 1.
        balance: Factors of the style layers' weights.
    """

    def __init__(
        self,
        extractor: Extractor,
        hyperparameters: Hyperparameters,
        *,
        content: Tensor,
        target: StyleTarget,
        style_weight_factors: Tensor,
        regions: Tensor | None = None,
        balance: Balance = MappingProxyType({}),
    ) -> None:
        self._extractor, self._hyperparameters = extractor, hyperparameters
        self._weights = {layer: weight * balance.get(layer, 1.0) for layer, weight in extractor.layers.style.items()}
        self._target, self._style_weight_factors = target, style_weight_factors.clone()
        self._style_loss = STYLE_LOSSES[hyperparameters.statistic]
        layers = extractor.layers
        features = extractor.content_features(content)
        factor = extractor.features.factor(layers.content)
        self._content_scale = content_scale(features, normalized=hyperparameters.normalized, factor=factor)
        if regions is None:
            weights = {}
            self._counts = {layer: _pixel_count(content, layer) for layer in layers.style}
            self._areas = torch.ones(len(content), 1, device=content.device)
        else:
            weights = {layer: downsample(regions, pools_before(layer)) for layer in layers.style}
            self._counts = {layer: weight.sum((2, 3)) for layer, weight in weights.items()}
            self._areas = regions.mean((2, 3))
        self._spec = replace(extractor.style_spec, content=layers.content, target=features, regions=weights)

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Compute loss and gradient.

        Args:
            image: (N, 3, H, W) in 0..1.

        Returns:
            The weighted sum of each picture's losses, (N,), and its gradient, (N, 3, H, W).
        """
        loss, gradient = self._extractor.loss_and_gradient(image, self._spec, self._loss_and_gradients)
        if self._hyperparameters.tv_weight:
            tv, tv_gradient = tv_loss(image)
            loss = loss + self._hyperparameters.tv_weight * tv
            gradient.add_(tv_gradient, alpha=self._hyperparameters.tv_weight)
        return loss, gradient

    def weigh(self, style_weight_factors: Tensor) -> None:
        """Take other factors of the style weight, (N,). A recorded evaluation takes them too."""
        self._style_weight_factors.copy_(style_weight_factors)

    @torch.no_grad()
    def style_left(self, found: Mapping[str, Tensor], content: Mapping[str, Tensor]) -> Tensor:
        """Share of the style's distance that is left, (N,): 1 at the contents' statistics, 0 at the style's.

        The geometric mean over layers of the style loss, divided by that of the contents.

        Args:
            found: Features of the pictures at some of the style layers, (N, C, h, w).
            content: The same of their contents.
        """
        losses, whole = (self._style_losses(self._statistics_of(features)) for features in (found, content))
        shares = [losses[layer] / whole[layer].clamp_min(1e-12) for layer in losses]
        left: Tensor = torch.stack(shares).clamp_min(1e-12).log().mean(0).exp()
        return left

    def _statistics_of(self, features: Mapping[str, Tensor]) -> Statistics:
        regions, style = self._spec.regions, [layer for layer in self._spec.style if layer in features]
        second = {layer: second_moment(features[layer], regions.get(layer)) for layer in style}
        first = {layer: first_moment(features[layer], regions.get(layer)) for layer in style}
        return Statistics(second, first if self._spec.first_moments else {})

    @torch.no_grad()
    def losses(self, image: Tensor) -> list[dict[str, float]]:
        """Each picture's losses by name, without their weights."""
        statistics = self._extractor.statistics(image, self._spec)
        losses = {f"style {layer}": loss for layer, loss in self._style_losses(statistics).items()}
        losses[f"content {self._extractor.layers.content}"] = self._content_loss(statistics)
        losses["tv"] = tv_loss(image)[0]
        return [{name: float(loss[n]) for name, loss in losses.items()} for n in range(len(image))]

    def _loss_and_gradients(self, statistics: Statistics) -> tuple[Tensor, Statistics]:
        """Weighted sum of style and content losses, (N,), and its gradient with respect to each statistic."""
        leaves = Statistics(
            {layer: value.requires_grad_() for layer, value in statistics.second.items()},
            {layer: value.requires_grad_() for layer, value in statistics.first.items()},
            statistics.content.requires_grad_() if statistics.content is not None else None,
        )
        layers, style_weight = self._extractor.layers, self._hyperparameters.style_weight
        with torch.enable_grad():
            style = sum(
                (self._weights[layer] * loss for layer, loss in self._style_losses(leaves).items()),
                torch.zeros_like(self._style_weight_factors),
            )
            content = layers.content_weight * self._content_loss(leaves)
            loss = style_weight * self._style_weight_factors * style + content
            gradients = iter(torch.autograd.grad(loss.sum(), leaves.values()))
        return loss.detach(), Statistics(
            {layer: next(gradients) for layer in leaves.second},
            {layer: next(gradients) for layer in leaves.first},
            next(gradients, None),
        )

    def _style_losses(self, statistics: Statistics) -> dict[str, Tensor]:
        """Each style layer's loss, (N,): the sum of the regions' losses, each multiplied by the region's area.

        Moments are divided by the region's area, so their gradient on a pixel grows as the region shrinks. Weighting
        by the area cancels this: style and content are balanced on every pixel as they are without regions.
        """
        moments = _means(statistics, self._counts, self._extractor.features)
        return {
            layer: (self._style_loss(moments[layer], self._target[layer]) * self._areas).sum(1) for layer in moments
        }

    def _content_loss(self, statistics: Statistics) -> Tensor:
        assert statistics.content is not None
        return statistics.content * self._content_scale


def downsample(regions: Tensor, pools: int) -> Tensor:
    """Average regions (N, K, H, W) over the pixels that the network's poolings combine, so they stay aligned."""
    for _ in range(pools):
        regions = functional.avg_pool2d(regions, 2, ceil_mode=True)
    return regions


def _means(sums: Statistics, counts: Mapping[str, Tensor], features: Features) -> dict[str, Moments]:
    """Moments of features without their factors; `counts` holds for each layer the pixels of each region, (N, K)."""
    moments = {}
    for layer, second in sums.second.items():
        count, factor = counts[layer].clamp_min(1e-12), features.factor(layer)
        first = sums.first[layer] / (factor * count[..., None]) if layer in sums.first else None
        moments[layer] = Moments(second / (factor**2 * count[..., None, None]), first)
    return moments


def _pixel_count(image: Tensor, layer: str) -> Tensor:
    """Number of pixels of pictures (N, 3, H, W) at a layer, (N, 1)."""
    height, width = (-(-edge >> pools_before(layer)) for edge in image.shape[2:])
    return torch.full((len(image), 1), float(height * width), device=image.device)

"""What is measured of a picture, and the way back from it to the picture's gradient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.network.moments import (
    Region,
    add_first_gradient,
    add_second_gradient,
    first_moment,
    second_moment,
    square_sum,
)
from engine.network.tiles import WHOLE, Tile
from engine.network.vgg import Back, Features, pools_before


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What to measure of a picture.

    Attributes:
        style: Layers whose moments are taken.
        content: Layer whose squared difference from `target` is taken.
        target: (N, C, h, w), the content's features there, of the whole picture.
        regions: For each style layer, (N, K, h, w) in 0..1, how much each pixel counts in each of K regions;
            empty: one region, all of the picture.
        means: Whether first moments are taken beside the second ones.
    """

    style: tuple[str, ...] = ()
    content: str = ""
    target: Tensor | None = None
    regions: Mapping[str, Region] = field(default_factory=dict)
    means: bool = False


@dataclass
class Statistics:
    """Sums over a picture's features, from which all losses follow; those of tiles add up to the picture's.

    Attributes:
        second: Style layer to (N, K, C, C), Σ w F Fᵀ over the pixels: the Gram matrix, unnormalised.
        first: Style layer to (N, K, C), Σ w F; empty unless asked for.
        content: (N,), Σ (F - target)².
    """

    second: dict[str, Tensor] = field(default_factory=dict)
    first: dict[str, Tensor] = field(default_factory=dict)
    content: Tensor | None = None

    def values(self) -> list[Tensor]:
        """All of them, in order."""
        return [*self.second.values(), *self.first.values(), *([] if self.content is None else [self.content])]

    def add(self, other: Statistics) -> None:
        """Add another tile's."""
        for mine, others in ((self.second, other.second), (self.first, other.first)):
            for layer, value in others.items():
                mine[layer] = mine[layer] + value if layer in mine else value
        if other.content is not None:
            self.content = other.content if self.content is None else self.content + other.content


class Measurement:
    """Statistics of a picture, or of one tile of it, and the way back from them.

    Args:
        features: The network.
        image: (N, 3, H, W), float32 in 0..1: the picture, or the tile with its margins.
        probe: What to measure.
        tile: Which part of the picture it is; None: all of it.
        back: Whether the gradient will be asked for.

    Attributes:
        statistics: What was found.
    """

    def __init__(
        self, features: Features, image: Tensor, probe: Probe, tile: Tile | None = None, *, back: bool = True
    ) -> None:
        self.statistics = Statistics()
        self._probe, self._tile = probe, tile
        self._slopes = Statistics()  # what the steps back read: they must not hold on to what holds them
        layers = {*probe.style, *filter(None, [probe.content])}
        self._steps = features.walk(image, layers, self._tap, back=back)

    @torch.no_grad()
    def gradient(self, slopes: Statistics) -> Tensor:
        """(N, 3, H, W), the image's gradient; it can be had once, for what it needs is freed on the way.

        Args:
            slopes: Gradients of the loss with respect to each of the statistics.
        """
        self._slopes.add(slopes)
        gradient = torch.empty(0)  # none yet: the way back begins at a tap, which makes one
        while self._steps:
            gradient = self._steps.pop()(gradient)
        return gradient

    def _tap(self, layer: str, hidden: Tensor, steps: list[Back]) -> None:
        if layer in self._probe.style:
            steps.append(self._measure_style(layer, hidden))
        if layer == self._probe.content and self._probe.target is not None:
            steps.append(self._measure_content(layer, hidden, self._probe.target))

    def _measure_style(self, layer: str, hidden: Tensor) -> Back:
        inner, outer = self._tile.at(pools_before(layer)) if self._tile else (WHOLE, WHOLE)
        region = self._probe.regions[layer][outer] if layer in self._probe.regions else None
        slopes = self._slopes
        self.statistics.second[layer] = second_moment(hidden[inner], region)
        if self._probe.means:
            self.statistics.first[layer] = first_moment(hidden[inner], region)

        def back(gradient: Tensor) -> Tensor:
            gradient = gradient if gradient.numel() else torch.zeros_like(hidden)
            add_second_gradient(gradient[inner], hidden[inner], region, slopes.second[layer])
            if layer in slopes.first:
                add_first_gradient(gradient[inner], region, slopes.first[layer])
            return gradient

        return back

    def _measure_content(self, layer: str, hidden: Tensor, target: Tensor) -> Back:
        inner, outer = self._tile.at(pools_before(layer)) if self._tile else (WHOLE, WHOLE)
        slopes, difference = self._slopes, hidden[inner] - target[outer]
        self.statistics.content = square_sum(difference)

        def back(gradient: Tensor) -> Tensor:
            assert slopes.content is not None
            gradient = gradient if gradient.numel() else torch.zeros_like(hidden)
            gradient[inner] += difference * (2 * slopes.content).to(difference.dtype)[:, None, None, None]
            return gradient

        return back

"""Masks: which style is painted where. A mask is a soft one, of the content's shape, for one style."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import reduce
from itertools import combinations

import torch
from PIL import Image, ImageChops
from torch import Tensor

from engine.errors import OptionsError
from engine.images.tensors import resize, to_image, to_tensor
from engine.sizes import Size, same_shape

ResizeMask = Callable[[Image.Image, Size], Image.Image]
"""Brings a mask to the size of a scale: resized, or cropped where the content is cropped."""

Mixture = tuple[tuple[int, float], ...]
"""Indices of styles, and the share of each; the shares add up to 1."""

_OVERLAP_SIZE = (64, 64)  # pixels: enough to see whether masks overlap

MIN_OVERLAP = 0.02
"""Two groups that overlap on more than this share of the picture get a region of their own for the overlap."""


class Regions:
    """The regions that masks divide a picture into. Styles with equal masks form a group and share one region.

    Args:
        masks: For each style, mode L, white where it is painted; None: everywhere.
        shares: Weight of each style, above 0.
        resize_mask: Brings a mask to the size of a scale.

    Attributes:
        groups: For each distinct mask, the mixture of the styles that have it.
        mixtures: For each region, the mixture of styles that is painted there. First come the groups, then each pair
            of groups that overlaps, half of each. Without regions for overlaps the middle of a long crossfade would
            stay unpainted, because each style matches its statistics at its own end.
    """

    def __init__(self, masks: Sequence[Image.Image | None], shares: Sequence[float], resize_mask: ResizeMask) -> None:
        self._resize_mask = resize_mask
        groups: dict[Hashable, list[int]] = {}
        for style, mask in enumerate(masks):
            groups.setdefault(mask and (mask.size, mask.tobytes()), []).append(style)
        self._masks = [masks[styles[0]] for styles in groups.values()]
        self._shares = [sum(shares[style] for style in styles) for styles in groups.values()]
        self.groups: tuple[Mixture, ...] = tuple(
            tuple((style, shares[style] / share) for style in styles)
            for styles, share in zip(groups.values(), self._shares, strict=True)
        )
        weights = self._weights(self._resized(_OVERLAP_SIZE, resize))
        pairs = combinations(range(len(self.groups)), 2)
        self._pairs = [pair for pair in pairs if _overlap(weights, pair).mean() > MIN_OVERLAP]
        halves = [
            tuple((style, share / 2) for group in pair for style, share in self.groups[group]) for pair in self._pairs
        ]
        self.mixtures: tuple[Mixture, ...] = (*self.groups, *halves)

    def region_weights(self, size: Size) -> Tensor:
        """Weight of each region on each pixel, (regions, H, W) in 0..1; their sum is the `coverage`."""
        weights = self.group_weights(size)
        regions = list(weights)
        for pair in self._pairs:
            overlap = _overlap(weights, pair)
            regions.append(overlap)
            for group in pair:
                regions[group] = regions[group] - overlap / 2
        return torch.stack(regions).clamp_min(0)  # rounding can leave values slightly below 0

    def group_weights(self, size: Size) -> Tensor:
        """Weight of each group on each pixel, (groups, H, W) in 0..1; their sum is the `coverage`.

        Where masks overlap, the groups share the pixel in proportion to mask × share. A pixel under one mask only
        belongs to that mask's group, whatever the shares, so that a region is not painted more weakly because other
        regions have other styles.
        """
        return self._weights(self._resized(size, self._resize_mask))

    def coverage(self, size: Size) -> Image.Image:
        """Opacity of the painted picture, mode L: the sum of the masks, clipped at white; black keeps the content."""
        return reduce(ImageChops.add, self._resized(size, self._resize_mask))

    def compose(self, content: Image.Image, pictures: Sequence[Image.Image]) -> Image.Image:
        """Compose one picture from a picture for each group, by the groups' weights, and the content elsewhere.

        Args:
            content: RGB, the whole content, before any crop.
            pictures: RGB, of the content's size, one for each of the `groups`.

        Returns:
            An RGB picture of the content's size.
        """
        weights = self._weights(self._resized(content.size, resize))
        composed = to_tensor(content) * (1 - weights.sum(0))
        parts = zip(weights, pictures, strict=True)
        return to_image(sum((weight * to_tensor(picture) for weight, picture in parts), composed))

    def _resized(self, size: Size, resize_mask: ResizeMask) -> list[Image.Image]:
        white = Image.new("L", size, 255)
        return [white if mask is None else resize_mask(mask, size) for mask in self._masks]

    def _weights(self, masks: Sequence[Image.Image]) -> Tensor:
        """The groups' weights from their masks, all of one size; see `group_weights`."""
        opacity = torch.stack([_mask_tensor(mask) for mask in masks])
        weighted = opacity * torch.tensor(self._shares)[:, None, None]
        return weighted / weighted.sum(0).clamp_min(1e-12) * opacity.sum(0).clamp_max(1)


def check_masks(masks: Sequence[Image.Image | None], styles: int, content: Size) -> None:
    """Check that masks fit their styles and the content.

    Args:
        masks: Mode L, or None for a style that is painted everywhere.
        styles: Number of styles.
        content: Size of the content, whose shape a mask must have.

    Raises:
        OptionsError: The number of masks is not that of the styles, or a mask has another shape or is all black.
    """
    if len(masks) != styles:
        raise OptionsError(f"Give one mask, or None, for each style: {styles} in all, not {len(masks)}.")
    for number, mask in enumerate(masks, 1):
        if mask is None:
            continue
        if not same_shape(mask.size, content):
            raise OptionsError(
                f"Mask {number} must be of the content's shape ({content[0]}×{content[1]}); "
                f"it is {mask.width}×{mask.height}."
            )
        if mask.getextrema() == (0, 0):
            raise OptionsError(f"Mask {number} is all black: leave its style out, or paint white where it belongs.")


def _overlap(weights: Tensor, pair: tuple[int, int]) -> Tensor:
    """Weight of the overlap of two groups on each pixel, (H, W).

    It is taken from both groups in equal parts. The division by the number of other groups ensures that all the
    overlaps of a group together never exceed the group's weight.
    """
    return weights[list(pair)].amin(0) * 2 / (len(weights) - 1)


def _mask_tensor(mask: Image.Image) -> Tensor:
    """Convert mode L to (H, W) in 0..1."""
    pixels = torch.frombuffer(bytearray(mask.tobytes()), dtype=torch.uint8)
    return pixels.view(mask.height, mask.width).float() / 255

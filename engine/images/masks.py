"""Where each style is painted: a soft mask for each one, in the content's frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import reduce
from itertools import combinations

import torch
from PIL import Image, ImageChops
from torch import Tensor

from engine.errors import OptionsError
from engine.images.tensors import Size, resize, same_shape, to_image, to_tensor

Fit = Callable[[Image.Image, Size], Image.Image]
"""Brings a picture of the content's shape to a scale: resized, or cut as the recipe cuts the content."""


Blend = tuple[tuple[int, float], ...]
"""Numbers of styles, and each one's share of 1."""

_LOOK = (64, 64)  # pixels: enough to see whether masks overlap

BLENDED = 0.02
"""Share of the picture that two masks must have in common for what is blended there to be a region."""


class Regions:
    """Styles' soft masks and shares. Styles of one mask are painted as one, in their shares.

    Args:
        masks: Mode L, white where the style is painted; None: everywhere.
        shares: Each style's weight, above 0.
        at: Brings a mask to a scale.

    Attributes:
        groups: For each mask the styles that have it.
        blends: For each region what is painted there: each group alone, then the pairs of groups that have some of
            the picture in common, half of each. Without these the middle of a long crossfade stays as it was, for
            each style finds what its statistics lack at its own end.
    """

    def __init__(self, masks: Sequence[Image.Image | None], shares: Sequence[float], at: Fit) -> None:
        self._at = at
        groups: dict[Hashable, list[int]] = {}
        for style, mask in enumerate(masks):
            groups.setdefault(mask and (mask.size, mask.tobytes()), []).append(style)
        self._masks = [masks[styles[0]] for styles in groups.values()]
        self._shares = [sum(shares[style] for style in styles) for styles in groups.values()]
        self.groups: tuple[Blend, ...] = tuple(
            tuple((style, shares[style] / share) for style in styles)
            for styles, share in zip(groups.values(), self._shares, strict=True)
        )
        portions = self._portions(self._fitted(_LOOK, resize))
        pairs = combinations(range(len(self.groups)), 2)
        self._pairs = [pair for pair in pairs if _common(portions, pair).mean() > BLENDED]
        self.blends = (*self.groups, *[self._halves(*pair) for pair in self._pairs])

    def parts(self, size: Size) -> Tensor:
        """How much of each region's blend belongs on each pixel, (regions, H, W) in 0..1; the sum is the `coverage`."""
        portions = self.portions(size)
        parts = list(portions)
        for pair in self._pairs:
            common = _common(portions, pair)
            parts.append(common)
            for group in pair:
                parts[group] = parts[group] - common / 2
        return torch.stack(parts).clamp_min(0)  # rounding

    def portions(self, size: Size) -> Tensor:
        """How much of each group belongs on each pixel, (groups, H, W) in 0..1.

        Where masks overlap, the styles share the pixel by weight; a pixel under one mask alone is all that
        mask's, whatever the weights, so a region is not painted the weaker for other regions' styles. The sum
        is the `coverage`.
        """
        return self._portions(self._fitted(size, self._at))

    def coverage(self, size: Size) -> Image.Image:
        """Opacity of the painting, mode L: the masks' sum, white at most; black where the content is kept."""
        return reduce(ImageChops.add, self._fitted(size, self._at))

    def mix(self, content: Image.Image, pictures: Sequence[Image.Image]) -> Image.Image:
        """One picture made of each group's in its region, and of the content elsewhere.

        Args:
            content: RGB, whole, even where the recipe cuts it later.
            pictures: RGB, the content's size, one for each of the `groups`.
        """
        portions = self._portions(self._fitted(content.size, resize))
        mixed = to_tensor(content) * (1 - portions.sum(0))
        return to_image(sum((part * to_tensor(p) for part, p in zip(portions, pictures, strict=True)), mixed))

    def _halves(self, one: int, other: int) -> Blend:
        return tuple((style, share / 2) for group in (one, other) for style, share in self.groups[group])

    def _fitted(self, size: Size, at: Fit) -> list[Image.Image]:
        white = Image.new("L", size, 255)
        return [white if mask is None else at(mask, size) for mask in self._masks]

    def _portions(self, fitted: Sequence[Image.Image]) -> Tensor:
        masks = torch.stack([_values(mask) for mask in fitted])
        weighted = masks * torch.tensor(self._shares)[:, None, None]
        return weighted / weighted.sum(0).clamp_min(1e-12) * masks.sum(0).clamp_max(1)


def check_masks(masks: Sequence[Image.Image | None], styles: int, content: Size) -> None:
    """Refuse masks that cannot be meant.

    Args:
        masks: Mode L, or None for a style that is painted everywhere.
        styles: How many styles there are.
        content: Size of the content, whose shape a mask must have.

    Raises:
        OptionsError: Not one mask for each style, or a mask of another shape, or a mask all black.
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


def _common(portions: Tensor, pair: tuple[int, int]) -> Tensor:
    """(H, W): what two groups have in common, as much of one as of the other; all pairs have no more than there is."""
    return portions[list(pair)].amin(0) * 2 / (len(portions) - 1)


def _values(mask: Image.Image) -> Tensor:
    """Mode L to (H, W) in 0..1."""
    pixels = torch.frombuffer(bytearray(mask.tobytes()), dtype=torch.uint8)
    return pixels.view(mask.height, mask.width).float() / 255

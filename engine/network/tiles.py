"""A picture divided into tiles, for pictures that do not fit into the memory at once.

Tiling is exact. The margins of a tile are as wide as the receptive field of the network, so the features in the tile's
core are those of the whole picture, and the sums over all cores add up to the sum over the whole picture.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass

ALIGN = 16
"""Tiles begin at multiples of this, so that every pooling window covers the same pixels as in the whole picture."""

Slices = tuple[slice, slice, slice, slice]
"""An index into (N, C, h, w)."""

_ALL = slice(None)
WHOLE: Slices = (_ALL, _ALL, _ALL, _ALL)
"""The index of the whole tensor."""


@dataclass(frozen=True)
class Span:
    """A tile along one axis, in pixels of the picture: from `start` to `stop`, of which the core is a part."""

    start: int
    stop: int
    core_start: int
    core_stop: int

    def core_after(self, pools: int) -> tuple[slice, slice]:
        """The core after so many poolings, as an index into the tile's features and into the whole picture's."""
        start, stop = self.core_start >> pools, -(-self.core_stop >> pools)
        offset = self.start >> pools
        return slice(start - offset, stop - offset), slice(start, stop)


@dataclass(frozen=True)
class Tile:
    """A part of a picture with its margins."""

    rows: Span
    columns: Span

    @property
    def window(self) -> Slices:
        """Its place in the picture, margins included."""
        rows, columns = self.rows, self.columns
        return _ALL, _ALL, slice(rows.start, rows.stop), slice(columns.start, columns.stop)

    def core_after(self, pools: int) -> tuple[Slices, Slices]:
        """Its core after so many poolings, as an index into the tile's features and into the whole picture's."""
        inner_rows, outer_rows = self.rows.core_after(pools)
        inner_columns, outer_columns = self.columns.core_after(pools)
        return (_ALL, _ALL, inner_rows, inner_columns), (_ALL, _ALL, outer_rows, outer_columns)


def cut_tiles(height: int, width: int, edge: int, margin: int) -> list[Tile]:
    """Divide a picture into tiles whose cores cover every pixel once.

    Args:
        height: Of the picture, in pixels.
        width: Of the picture, in pixels.
        edge: Largest edge of a core in pixels, rounded down to a multiple of `ALIGN`, at least `ALIGN`.
        margin: Pixels around the core; see `margin_of`.
    """
    spans = (_spans(length, edge, margin) for length in (height, width))
    return [Tile(rows, columns) for rows, columns in itertools.product(*spans)]


def margin_of(convolutions: Collection[str]) -> int:
    """Margin in pixels, a multiple of `ALIGN`, that covers the receptive field of features after these convolutions.

    Each 3×3 convolution widens the field by one pixel of its own scale.
    """
    reach = sum(1 << (int(name[4]) - 1) for name in convolutions)
    return -(-reach // ALIGN) * ALIGN


def _spans(length: int, edge: int, margin: int) -> list[Span]:
    edge = max(ALIGN, edge // ALIGN * ALIGN)
    return [
        Span(max(0, start - margin), min(length, start + edge + margin), start, min(length, start + edge))
        for start in range(0, length, edge)
    ]

"""A picture in tiles, for what does not fit into the memory at once.

Exact: a tile has margins as wide as the network sees, so that its core's features are those of the whole picture,
and their sums add up to the whole picture's.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass

ALIGN = 16
"""Tiles begin at multiples of this, so that every pooling falls on the same pixels as in the whole picture."""

Slices = tuple[slice, slice, slice, slice]
"""An index into (N, C, h, w)."""

_ALL = slice(None)
WHOLE: Slices = (_ALL, _ALL, _ALL, _ALL)
"""The index of everything."""


@dataclass(frozen=True)
class Span:
    """A tile along one axis, in pixels of the picture: the core, and the margins around it as far as there are any."""

    start: int
    stop: int
    core_start: int
    core_stop: int

    def at(self, pools: int) -> tuple[slice, slice]:
        """The core after so many poolings: in the tile's features, and in the whole picture's."""
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
        """Where it lies in the picture, margins included."""
        rows, columns = self.rows, self.columns
        return _ALL, _ALL, slice(rows.start, rows.stop), slice(columns.start, columns.stop)

    def at(self, pools: int) -> tuple[Slices, Slices]:
        """Its core after so many poolings: in the tile's own features, and in the whole picture's."""
        (inner_rows, outer_rows), (inner_columns, outer_columns) = self.rows.at(pools), self.columns.at(pools)
        return (_ALL, _ALL, inner_rows, inner_columns), (_ALL, _ALL, outer_rows, outer_columns)


def cut(height: int, width: int, edge: int, margin: int) -> list[Tile]:
    """Tiles whose cores cover a picture once.

    Args:
        height: Of the picture, in pixels.
        width: Likewise.
        edge: Largest edge of a core, rounded down to a multiple of `ALIGN`, from `ALIGN`.
        margin: Pixels around the core that its features see; see `margin_of`.
    """
    return [
        Tile(rows, columns) for rows, columns in itertools.product(*(_spans(n, edge, margin) for n in (height, width)))
    ]


def margin_of(convolutions: Collection[str]) -> int:
    """How far the features after these convolutions see, in pixels: each sees one pixel of its own scale further."""
    reach = sum(1 << (int(name[4]) - 1) for name in convolutions)
    return -(-reach // ALIGN) * ALIGN


def _spans(length: int, edge: int, margin: int) -> list[Span]:
    edge = max(ALIGN, edge // ALIGN * ALIGN)
    starts = range(0, length, edge)
    return [
        Span(max(0, start - margin), min(length, start + edge + margin), start, min(length, start + edge))
        for start in starts
    ]

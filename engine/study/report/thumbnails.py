"""Pictures of a report, small enough that all of them fit into one page."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from engine.errors import ImageError
from engine.reading.load import load_image

EDGES = (288, 240, 200, 168)
"""Longest edges in pixels: the first at which all pictures fit is taken."""

BUDGET = 3_200_000
"""Characters of the page that pictures may take."""

QUALITY = 62


@dataclass(frozen=True)
class Thumbnail:
    """A small picture as a data URI, and its size in pixels."""

    uri: str
    width: int
    height: int


def small_versions(folder: Path, groups: Sequence[Iterable[str]]) -> Mapping[str, Thumbnail]:
    """Return small versions of pictures, as large as fit.

    Args:
        folder: Where the files are.
        groups: Names of files. Where even the smallest are too many, the last groups are left out as a whole; a picture
            that cannot be read is left out alone.
    """
    smallest: dict[str, Thumbnail] = {}
    for group in groups:
        with_group = smallest | dict(_encoded(folder, group, EDGES[-1]))
        if _size(with_group) > BUDGET:
            return smallest
        smallest = with_group
    for edge in EDGES[:-1]:
        if _size(smallest) * (edge / EDGES[-1]) ** 1.3 > BUDGET:
            continue  # a picture of n times the edge takes more than n ^ 1.3 times the bytes
        larger = dict(_encoded(folder, smallest, edge))
        if _size(larger) <= BUDGET:
            return larger
    return smallest


def _size(thumbnails: Mapping[str, Thumbnail]) -> int:
    return sum(len(each.uri) for each in thumbnails.values())


def _encoded(folder: Path, names: Iterable[str], edge: int) -> Iterator[tuple[str, Thumbnail]]:
    """Read one picture after the other, because all together would take much memory."""
    for name in names:
        with suppress(ImageError):
            picture = load_image(folder / name)
            picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
            buffer = io.BytesIO()
            picture.save(buffer, "WEBP", quality=QUALITY, method=4)
            uri = "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
            yield name, Thumbnail(uri, picture.width, picture.height)

"""Pictures of a report, small enough that all of them fit into one page."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from engine.errors import ImageError
from engine.reading.load import load_image

EDGES = (288, 240, 200, 168)
"""Longest edges in pixels: the first at which all pictures fit is taken."""

BUDGET = 3_600_000
"""Characters of the page that pictures may take."""

QUALITY = 62


@dataclass(frozen=True)
class Thumbnail:
    """A small picture as a data URI, and its size in pixels."""

    uri: str
    width: int
    height: int


def small_versions(folder: Path, groups: Sequence[Iterable[str]]) -> Mapping[str, Thumbnail]:
    """Return small versions of pictures.

    Args:
        folder: Where the files are.
        groups: Names of files. Where even the smallest are too many, the last groups are left out as a whole; a picture
            that cannot be read is left out alone.
    """
    groups = [list(group) for group in groups]
    pictures = {name: picture for group in groups for name in group if (picture := _read(folder / name)) is not None}
    found: dict[str, Thumbnail] = {}
    for edge in EDGES:
        found = {name: _encoded(picture, edge) for name, picture in pictures.items()}
        if sum(len(each.uri) for each in found.values()) <= BUDGET:
            return found
    kept: dict[str, Thumbnail] = {}
    for group in groups:
        kept |= {name: found[name] for name in group if name in found}
        if sum(len(each.uri) for each in kept.values()) > BUDGET:
            return {name: each for name, each in kept.items() if name not in group}
    return kept


def _read(path: Path) -> Image.Image | None:
    """Return a picture at the largest edge, to save memory."""
    try:
        picture = load_image(path)
    except ImageError:
        return None
    picture.thumbnail((EDGES[0], EDGES[0]), Image.Resampling.LANCZOS)
    return picture


def _encoded(picture: Image.Image, edge: int) -> Thumbnail:
    small = picture.copy()
    small.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=QUALITY, method=4)
    uri = "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
    return Thumbnail(uri, small.width, small.height)

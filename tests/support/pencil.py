"""Draws on photos as the editor of a messenger does, and recompresses them as a messenger does."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFilter

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "content"
WIDTH = 0.02  # of a stroke, as a share of the longer side
PASSED_ON = 1280  # pixels of the longer side of a photo that a messenger passes on, at most
SMOOTH = 2  # factor by which strokes are drawn larger, then reduced, to get soft edges

Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the photo's sides."""

MIDDLE: Box = (0.3, 0.25, 0.7, 0.75)


@functools.cache
def photographs() -> Mapping[str, Image.Image]:
    """Return real photographs by name: those of scikit-image, and the project's shared ones if there are any.

    Each has at most the size at which a messenger passes photos on.
    """
    bundled = {name: Image.fromarray(getattr(skimage.data, name)()) for name in ("chelsea", "coffee", "rocket")}
    shared = {path.stem: Image.open(path).convert("RGB") for path in sorted(SHARED.glob("*.jpg"))}
    for photo in shared.values():
        photo.thumbnail((PASSED_ON, PASSED_ON))
    return MappingProxyType(bundled | shared)


def sent(photo: Image.Image, *, edge: int = PASSED_ON, quality: int = 80) -> Image.Image:
    """Return a photo as a messenger passes it on: at most `edge` pixels on its longer side, as a JPEG."""
    small = photo.convert("RGB")
    small.thumbnail((edge, edge))
    return Image.open(io.BytesIO(jpeg(small, quality)))


def jpeg(photo: Image.Image, quality: int = 90) -> bytes:
    """Return the bytes of a JPEG."""
    buffer = io.BytesIO()
    photo.convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


class Pencil:
    """Draws on a copy of a photo with soft edges.

    Attributes:
        photo: The copy.
    """

    def __init__(self, photo: Image.Image, color: str = "#ff0040", *, opacity: float = 1.0) -> None:
        self.photo = photo.convert("RGB")
        self._color, self._opacity = color, opacity
        self._width = round(SMOOTH * WIDTH * max(photo.size))

    def encircle(self, box: Box = MIDDLE, *, opening: int = 0) -> Pencil:
        """Draw an ellipse with a gap of `opening` degrees at its right; it may reach beyond the photo."""
        layer, draw = self._layer()
        draw.arc(self._large(box), opening / 2, 360 - opening / 2, fill=255, width=self._width)
        return self._lay(layer)

    def fill(self, box: Box = MIDDLE) -> Pencil:
        """Draw horizontal strokes over a rectangle, with thin gaps between them."""
        layer, draw = self._layer()
        left, top, right, bottom = self._large(box)
        for y in range(round(top), round(bottom), round(1.2 * self._width)):
            draw.line((left, y, right, y), fill=255, width=self._width)
        return self._lay(layer)

    def cover(self) -> Pencil:
        """Paint over everything."""
        layer, draw = self._layer()
        draw.rectangle((0, 0, *layer.size), fill=255)
        return self._lay(layer)

    def _layer(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        layer = Image.new("L", (SMOOTH * self.photo.width, SMOOTH * self.photo.height), 0)
        return layer, ImageDraw.Draw(layer)

    def _large(self, box: Box) -> Box:
        width, height = (SMOOTH * edge for edge in self.photo.size)
        return box[0] * width, box[1] * height, box[2] * width, box[3] * height

    def _lay(self, layer: Image.Image) -> Pencil:
        soft = layer.resize(self.photo.size).filter(ImageFilter.GaussianBlur(max(layer.size) / 2000))
        strokes = soft.point(lambda value: round(value * self._opacity))
        self.photo = Image.composite(Image.new("RGB", self.photo.size, self._color), self.photo, strokes)
        return self


def ellipse(size: tuple[int, int], box: Box = MIDDLE) -> Image.Image:
    """Return the inside of an encircled region, mode L."""
    region = Image.new("L", size, 0)
    edges = zip(box, (*size, *size), strict=True)
    ImageDraw.Draw(region).ellipse([share * edge for share, edge in edges], fill=255)
    return region


def agreement(mask: Image.Image, region: Image.Image) -> float:
    """Return the intersection over union of a mask and a region, 0..1."""
    found, wanted = (np.asarray(each.resize(mask.size)) > 127 for each in (mask, region))
    return float((found & wanted).sum() / (found | wanted).sum())

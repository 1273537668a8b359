"""Composition: what of a picture is shown, where, and beside what. All pictures are RGB."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image

from engine.combine import faces
from engine.sizes import Size

SALIENCE_EDGE = 64
"""Pixels: the edge of the square at which the subject is searched, as in Hou and Zhang 2007."""

LEAST_CROP = 0.6
"""Share of both edges that a crop by thirds keeps at least."""

Point = tuple[float, float]
"""A place in a picture: 0 left or top .. 1 right or bottom."""


def crop_to_aspect(picture: Image.Image, aspect: float, centre: Point = (0.5, 0.5)) -> Image.Image:
    """Crop to an aspect ratio, as little as possible.

    Args:
        picture: RGB.
        aspect: Width divided by height, above 0.
        centre: The middle of what is kept, as near as the picture's edges allow.
    """
    width = min(picture.width, max(1, round(picture.height * aspect)))
    height = min(picture.height, max(1, round(picture.width / aspect)))
    return _window(picture, (width, height), (centre[0] * picture.width, centre[1] * picture.height), (0.5, 0.5))


def crop_by_thirds(picture: Image.Image) -> Image.Image:
    """Crop, at the same aspect ratio, so that the subject lies where lines at the thirds meet.

    Of the four places that one is taken which keeps most of the picture; at least 0.6 of both edges are kept, where
    the subject may miss it. The subject is found by `subject_of`.
    """
    at = subject_of(picture)

    def share(third: Point) -> float:
        """The largest window around `at` that lies in the picture, relative to the picture."""
        sides = ((place / part, (1 - place) / (1 - part)) for place, part in zip(at, third, strict=True))
        return min(edge for side in sides for edge in side)

    thirds = [(x, y) for y in (1 / 3, 2 / 3) for x in (1 / 3, 2 / 3)]
    best = max(thirds, key=share)
    kept = min(1.0, max(LEAST_CROP, share(best)))
    size = (max(1, round(kept * picture.width)), max(1, round(kept * picture.height)))
    return _window(picture, size, (at[0] * picture.width, at[1] * picture.height), best)


def subject_of(picture: Image.Image) -> Point:
    """Find what attracts the eye: the largest face, or the centre of gravity of the most salient twentieth.

    Salience is the spectral residual of the luminance: what remains of its Fourier spectrum when the smooth part of
    the logarithmic amplitudes is taken away (Hou and Zhang 2007). In a picture of one colour it is the middle.
    """
    from scipy.ndimage import gaussian_filter, uniform_filter

    if found := faces.find(picture):
        left, top, right, bottom = max(found, key=lambda box: box[3] - box[1])
        return (left + right) / 2, (top + bottom) / 2
    grey = picture.convert("L").resize((SALIENCE_EDGE, SALIENCE_EDGE), Image.Resampling.BOX)
    if grey.getextrema()[0] == grey.getextrema()[1]:
        return 0.5, 0.5
    spectrum = np.fft.fft2(np.asarray(grey, dtype=np.float64))
    amplitudes = np.log(np.abs(spectrum) + 1e-9)
    residual = np.exp(amplitudes - uniform_filter(amplitudes, 3, mode="wrap") + 1j * np.angle(spectrum))
    salience = gaussian_filter(np.abs(np.fft.ifft2(residual)) ** 2, 2.5)
    salience[salience < np.quantile(salience, 0.95)] = 0
    places = (np.arange(SALIENCE_EDGE) + 0.5) / SALIENCE_EDGE
    down, across = (salience.sum(axis) @ places / salience.sum() for axis in (1, 0))
    return float(across), float(down)


def rotated(picture: Image.Image, degrees: float) -> Image.Image:
    """Rotate counterclockwise, and crop what has no empty corners, at the same aspect ratio.

    Args:
        picture: RGB.
        degrees: Any angle. Whole quarters lose nothing, and others are a quarter and the rest.
    """
    quarters = round(degrees / 90)
    turned = Image.fromarray(np.rot90(np.asarray(picture), quarters)) if quarters % 4 else picture
    rest = degrees - 90 * quarters
    if not rest:
        return turned
    (width, height), angle = turned.size, math.radians(abs(rest))
    across, down = (
        width * math.cos(angle) + height * math.sin(angle),
        width * math.sin(angle) + height * math.cos(angle),
    )
    kept = min(width / across, height / down)
    size = (max(1, math.floor(kept * width)), max(1, math.floor(kept * height)))
    return _window(turned.rotate(rest, Image.Resampling.BICUBIC), size, (width / 2, height / 2), (0.5, 0.5))


def extended(picture: Image.Image, aspect: float) -> Image.Image:
    """Extend the canvas on two sides to an aspect ratio; the new parts mirror the picture.

    Args:
        picture: RGB.
        aspect: Width divided by height, above 0.
    """
    across = max(0, round(picture.height * aspect) - picture.width)
    down = max(0, round(picture.width / aspect) - picture.height)
    sides = ((down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0))
    return Image.fromarray(np.pad(np.asarray(picture), sides, mode="symmetric"))


def collage(pictures: Sequence[Image.Image], *, columns: int | None = None) -> Image.Image:
    """Put pictures together in rows, in their order, uncropped; all rows are as wide, the pictures of a row as high.

    Args:
        pictures: One or more, RGB.
        columns: Pictures in a row, the last may have fewer; None: as many as rows, rounded up.

    Returns:
        An RGB picture, as wide as the widest row is at the height of its lowest picture.
    """
    columns = columns or math.ceil(math.sqrt(len(pictures)))
    rows = [pictures[start : start + columns] for start in range(0, len(pictures), columns)]
    ratios = [sum(picture.width / picture.height for picture in row) for row in rows]
    width = round(max(ratio * min(picture.height for picture in row) for row, ratio in zip(rows, ratios, strict=True)))
    heights = [max(1, round(width / ratio)) for ratio in ratios]
    sheet, top = Image.new("RGB", (width, sum(heights))), 0
    for row, height, ratio in zip(rows, heights, ratios, strict=True):
        edges = np.cumsum([0, *(picture.width / picture.height / ratio * width for picture in row)]).round().astype(int)
        for picture, left, right in zip(row, edges, edges[1:], strict=False):
            sheet.paste(picture.resize((max(1, right - left), height), Image.Resampling.LANCZOS), (int(left), top))
        top += height
    return sheet


def masked(picture: Image.Image, background: Image.Image, mask: Image.Image) -> Image.Image:
    """Lay a picture on a background where a mask is white.

    Args:
        picture: RGB.
        background: RGB; resized to the picture's size.
        mask: Mode L, white where the picture is seen, grey where both are; resized to the picture's size.
    """
    size = picture.size
    return Image.composite(
        picture, background.resize(size, Image.Resampling.LANCZOS), mask.resize(size, Image.Resampling.BILINEAR)
    )


def _window(picture: Image.Image, size: Size, point: Point, part: Point) -> Image.Image:
    """Crop a window of this size in which a point of the picture, in pixels, lies at a part of both edges.

    The window stays within the picture.
    """
    left, top = (
        min(max(0, round(place - share * edge)), whole - edge)
        for place, share, edge, whole in zip(point, part, size, picture.size, strict=True)
    )
    return picture.crop((left, top, left + size[0], top + size[1]))

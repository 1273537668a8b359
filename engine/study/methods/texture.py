"""Texture transfer by patches of the style (Efros and Freeman, Image Quilting, SIGGRAPH 2001)."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy.fft import irfft2, rfft2

from engine.errors import EngineError
from engine.study.methods.frame import at_edge
from engine.study.records import Method, Work

PASSES = 3
"""Each pass has blocks of two thirds of the size, as in the paper."""

BLOCK_SHARE = 1 / 16
"""Edge of the first pass's blocks as a share of the output's longest edge; they overlap by a sixth, as in the paper."""

TOLERANCE = 0.1
"""A patch is drawn among those whose error is at most so much larger than the least."""

Pixels = NDArray[np.float64]
"""(H, W), or (H, W, channels), in 0..1."""

Spectra = NDArray[np.complex128]
"""Spectra of the channels, (4, h, w // 2 + 1)."""


def texture_transfer(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """Rebuild the content of patches of the style, in three passes from coarse to fine.

    A patch is chosen for its luminance, compared with the content's, and for its agreement with the patches before it
    and, from the second pass on, with the pass before: what this counts for grows from 0.1 to 0.9. Patches are joined
    along the path of least difference. The content's luminance is first given the style's histogram, so that every
    brightness finds patches.

    Raises:
        EngineError: A picture is one pixel wide or high at this size, so that blocks cannot overlap.
    """
    from skimage.exposure import match_histograms

    picture, source = at_edge(content, work.size), at_edge(style, work.size)
    if min(*picture.size, *source.size) < 2:
        raise EngineError("Texture transfer needs pictures that are two pixels wide and high at least.")
    luminance = _luminance(source)
    aim = match_histograms(_luminance(picture), luminance)
    quilt = Quilt(np.asarray(source) / 255, luminance, np.random.default_rng(work.seed))
    made: Pixels | None = None
    for turn in range(PASSES):
        block = max(4, round(work.size * BLOCK_SHARE * (2 / 3) ** turn))
        made = quilt.transfer(aim, min(block, *picture.size, *source.size), 0.1 + 0.8 * turn / (PASSES - 1), made)
    assert made is not None
    return Image.fromarray((made * 255).round().astype(np.uint8))


class Quilt:
    """A style as a source of patches.

    Args:
        source: (h, w, 3) in 0..1.
        luminance: Its luminance, (h, w) in 0..1.
        rng: Draws among patches that are nearly as good as the best.
    """

    def __init__(self, source: Pixels, luminance: Pixels, rng: np.random.Generator) -> None:
        self._source, self._rng = source, rng
        # Luminance is a fourth channel; the root makes its differences count as those of the three others together.
        self._channels = np.moveaxis(np.dstack([source, math.sqrt(3) * luminance]), -1, 0)
        self._spectra = rfft2(self._channels)

    def transfer(self, aim: Pixels, block: int, alpha: float, before: Pixels | None) -> Pixels:
        """Build a picture of patches S, in colours, with luminance G.

        The error of a patch is Σ α o (S - old)² + α (S - before)² + 3 (1 - α) (G - aim)² over the block, o being 1 in
        the overlap with blocks before it. Its squares are expanded, because a sum of products at all places of the
        style is a product of spectra.

        Args:
            aim: The luminance to follow, (H, W) in 0..1.
            block: Edge of the patches in pixels, at most the least edge of aim and source.
            alpha: What agreement with neighbours and with `before` counts, 0..1; luminance counts the rest.
            before: The result of the pass before, (H, W, 3).

        Returns:
            (H, W, 3) in 0..1.
        """
        made, squares = np.zeros((*aim.shape, 3)), functools.cache(self._squares)
        again = 0.0 if before is None else alpha
        rows, columns = (_places(length, block) for length in aim.shape)
        for (row, above), (column, left) in itertools.product(rows, columns):
            place = slice(row, row + block), slice(column, column + block)
            old, earlier = made[place], made[place] if before is None else before[place]
            overlap = alpha * _overlap(block, above, left)[..., None]
            wanted = [overlap * old + again * earlier, (1 - alpha) * math.sqrt(3) * aim[place][..., None]]
            constant = (overlap * old**2).sum() + again * (earlier**2).sum() + 3 * (1 - alpha) * (aim[place] ** 2).sum()
            errors = squares(block, above, left, alpha, again) - 2 * self._correlation(np.dstack(wanted)) + constant
            patch = self._patch(errors, block)
            kept = _kept(((old - patch) ** 2).sum(-1), above, left)
            made[place] = np.where(kept[..., None], old, patch)
        return made

    def _squares(self, block: int, above: int, left: int, alpha: float, again: float) -> Pixels:
        """Σ w S² at every place: the part of the errors that depends on the overlap alone."""
        colours = alpha * _overlap(block, above, left) + again
        weights = np.dstack([colours, colours, colours, np.full_like(colours, 1 - alpha)])
        return self._correlation(weights, rfft2(self._channels**2))

    def _correlation(self, pattern: Pixels, spectra: Spectra | None = None) -> Pixels:
        """Σ pattern · S over a block, (b, b, 4), at every place of the source, (h - b + 1, w - b + 1)."""
        size, block = self._channels.shape[1:], len(pattern)
        found = rfft2(np.moveaxis(pattern, -1, 0), size)
        product = (np.conj(found) * (self._spectra if spectra is None else spectra)).sum(0)
        whole: Pixels = irfft2(product, size)
        return whole[: size[0] - block + 1, : size[1] - block + 1]

    def _patch(self, errors: Pixels, block: int) -> Pixels:
        """Draw a patch among the best."""
        least = max(0.0, errors.min())
        rows, columns = np.nonzero(errors <= least * (1 + TOLERANCE) + 1e-9)
        drawn = self._rng.integers(len(rows))
        row, column = rows[drawn], columns[drawn]
        return self._source[row : row + block, column : column + block]


def _overlap(block: int, above: int, left: int) -> Pixels:
    """1 where a block lies on others, (b, b)."""
    overlap = np.zeros((block, block))
    overlap[:above] = overlap[:, :left] = 1
    return overlap


def _places(length: int, block: int) -> list[tuple[int, int]]:
    """Where blocks begin along an edge, and how far each overlaps the one before it."""
    step = block - max(1, block // 6)
    starts = [*range(0, length - block, step), length - block]
    return [(start, before + block - start) for before, start in itertools.pairwise([-block, *starts])]


def _kept(difference: Pixels, above: int, left: int) -> NDArray[np.bool_]:
    """Where a block keeps what was there before: this side of the seams in its overlaps with others."""
    kept = np.zeros(difference.shape, bool)
    if left:
        kept[:, :left] |= _before_seam(difference[:, :left])
    if above:
        kept[:above] |= _before_seam(difference[:above].T).T
    return kept


def _before_seam(difference: Pixels) -> NDArray[np.bool_]:
    """What lies left of the path of least difference from the top to the bottom of an overlap."""
    from skimage.graph import route_through_array

    free = np.pad(difference, ((1, 1), (0, 0)))  # the path may begin and end in any column
    path, _ = route_through_array(free, (0, 0), (len(free) - 1, 0), geometric=False)
    seam = np.full(len(free), difference.shape[1])
    for row, column in path:
        seam[row] = min(seam[row], column)
    return np.arange(difference.shape[1]) < seam[1:-1, None]


def _luminance(picture: Image.Image) -> Pixels:
    """Blurred luminance, (H, W) in 0..1, as the paper compares it."""
    return np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(1)), dtype=np.float64) / 255


METHODS = (Method("texture-transfer", "traditional", "the content quilted of patches of the style", texture_transfer),)

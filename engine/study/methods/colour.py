"""Transfer of colours without a network: where a colour stands in the content stays as it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.images.colors import map_colors
from engine.study.methods.frame import at_edge
from engine.study.records import Method, Work

ROTATIONS = 40
"""Random bases of the sliced transport; Pitié et al. 2007 see convergence after 20."""


def reinhard(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """Shift and scale each channel to the style's mean and deviation (Reinhard et al. 2001).

    In CIELAB in place of the paper's lαβ: both separate luminance from colour, and CIELAB is standardised.
    """
    from skimage.color import lab2rgb, rgb2lab

    source, target = rgb2lab(at_edge(content, work.size)), rgb2lab(at_edge(style, work.size))
    gain = target.std((0, 1)) / source.std((0, 1)).clip(1e-6)
    moved = (source - source.mean((0, 1))) * gain + target.mean((0, 1))
    # Beyond this b, CIE's Z is negative: scikit-image clips it as well, but warns.
    moved[..., 0] = moved[..., 0].clip(0, 100)
    moved[..., 2] = np.minimum(moved[..., 2], 199.999 * (moved[..., 0] + 16) / 116)
    return _image(lab2rgb(moved))


def histogram(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """Match the cumulative histogram of each channel of RGB (scikit-image's `match_histograms`)."""
    from skimage.exposure import match_histograms

    source, target = np.asarray(at_edge(content, work.size)), np.asarray(at_edge(style, work.size))
    return _image(match_histograms(source, target, channel_axis=-1) / 255)


def monge_kantorovich(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """Map colours linearly to the style's mean and covariance in RGB (Pitié and Kokaram 2007)."""
    return map_colors(at_edge(content, work.size), [(at_edge(style, work.size), 1.0)])


def sliced_transport(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """Transport colours to the style's whole distribution in RGB (Pitié, Kokaram and Dahyot 2007).

    Along the axes of many random bases the values are replaced by the style's of equal rank. The paper's second step,
    which smooths the grain that this makes, is left out.
    """
    picture = at_edge(content, work.size)
    source, target = _rows(picture), _rows(at_edge(style, work.size))
    rng = np.random.default_rng(work.seed)
    ranks = (np.arange(len(source)) + 0.5) / len(source)
    goals = (np.arange(len(target)) + 0.5) / len(target)
    for _ in range(ROTATIONS):
        basis, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        for axis in basis.T:
            values = source @ axis
            order = values.argsort(kind="stable")
            moved = np.interp(ranks, goals, np.sort(target @ axis))
            source[order] += np.outer(moved - values[order], axis)
    return _image(source.reshape(picture.height, picture.width, 3))


def _rows(picture: Image.Image) -> NDArray[np.float64]:
    return np.asarray(picture, dtype=np.float64).reshape(-1, 3) / 255


def _image(pixels: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))


METHODS = (
    Method("reinhard", "traditional", "the style's mean and deviation of each channel of Lab", reinhard),
    Method("histogram", "traditional", "the style's histogram of each channel of RGB", histogram),
    Method("monge-kantorovich", "traditional", "the style's mean and covariance of colours", monge_kantorovich),
    Method("sliced-transport", "traditional", "the style's whole distribution of colours", sliced_transport),
)

"""Whether the output has the style's colours, wherever they are. Transfer of colours alone minimises these metrics."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from engine.study.metrics.arrays import Array, lab, rgb
from engine.study.metrics.sample import Sample

PIXELS = 16_384
"""At most so many pixels, evenly spaced in reading order, are sorted for the sliced Wasserstein distance."""

DIRECTIONS = 32
"""Directions of the sliced Wasserstein distance, evenly spread over the half sphere."""

QUANTILES = (np.arange(512) + 0.5) / 512
"""Shares at which two distributions are compared."""

LAB_BINS = ((0, 100), (-110, 110), (-110, 110))
"""Range of L, a and b; each has 16 bins."""

UV_BINS, UV_WIDTH, UV_EDGE = np.linspace(-3, 3, 64), 0.02, 150
"""Centres of the bins of log-chrominance, width of the kernel, and longest edge in pixels (Afifi et al. 2021)."""


def lab_swd(sample: Sample) -> float:
    """Sliced Wasserstein distance of the colours in CIE Lab to the style's.

    The mean over 32 directions of the Wasserstein-1 distance of the projected colours (Rabin et al. 2011). Range from
    0, in units of Lab, lower is better: where all colours differ by d, it is d / 2.
    """
    output, style = (_quantiles(lab(picture)) for picture in (sample.output, sample.style))
    return float(np.abs(output - style).mean())


def lab_histogram(sample: Sample) -> float:
    """Hellinger distance of the histograms in CIE Lab, 16 × 16 × 16 bins, to the style's.

    √(1 - Σ √(p q)). Range 0..1, lower is better.
    """
    output, style = (np.histogramdd(lab(image), bins=16, range=LAB_BINS)[0] for image in (sample.output, sample.style))
    return _hellinger(output, style)


def rgb_uv_histogram(sample: Sample) -> float:
    """Hellinger distance of the RGB-uv histograms of HistoGAN (Afifi, Brubaker and Brown 2021) to the style's.

    For each of red, green and blue, the logarithms of its ratios to the other two are put in 64 × 64 bins by a kernel,
    weighted with the brightness of the pixel. Pictures are reduced to 150 pixels first. Range 0..1, lower is better.
    """
    return _hellinger(_uv(sample.output), _uv(sample.style))


def _quantiles(colours: Array) -> Array:
    """Quantiles of the colours along each direction, (quantiles, directions)."""
    some = colours[:: math.ceil(len(colours) / PIXELS)]
    quantiles: Array = np.quantile(some @ _half_sphere(), QUANTILES, axis=0)
    return quantiles


def _half_sphere() -> Array:
    """Unit vectors, (3, DIRECTIONS), on a spiral of equal areas (Fibonacci)."""
    number = np.arange(DIRECTIONS) + 0.5
    height, angle = number / DIRECTIONS, number * math.pi * (3 - math.sqrt(5))
    radius = np.sqrt(1 - height**2)
    return np.stack([height, radius * np.cos(angle), radius * np.sin(angle)])


def _hellinger(one: Array, other: Array) -> float:
    affinity = np.sqrt(one / one.sum() * (other / other.sum())).sum()
    return math.sqrt(max(0.0, 1 - float(affinity)))


def _uv(image: Image.Image) -> Array:
    """Histograms, (3, 64, 64): for each channel, by the logarithms of its ratios to the two others."""
    image = image.copy()
    image.thumbnail((UV_EDGE, UV_EDGE))
    pixels = rgb(image).reshape(-1, 3)
    brightness, logarithms = np.linalg.norm(pixels, axis=1) + 1e-6, np.log(pixels + 1e-6)
    red_green, green_blue, blue_red = (
        1 / (1 + np.square((logarithms[:, [one]] - logarithms[:, [other]] - UV_BINS) / UV_WIDTH))
        for one, other in ((0, 1), (1, 2), (2, 0))
    )
    # The bins are symmetric: those of green to red are those of red to green in reverse.
    pairs = (red_green, blue_red[:, ::-1]), (red_green[:, ::-1], green_blue), (blue_red, green_blue[:, ::-1])
    return np.stack([(first * brightness[:, None]).T @ second for first, second in pairs])

"""Metrics that compare the output with the content pixel by pixel.

All of them are best for a method that does nothing: they say how much of the content is kept, never how good a picture
is. The content is resized to the output's size first.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from engine.study.metrics.arrays import Array, luminance, rgb
from engine.study.metrics.sample import Sample
from engine.study.records import UnavailableError

MS_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the five scales of MS-SSIM, fine to coarse (Wang et al. 2003)."""

WINDOW = 11
"""Edge in pixels of the Gaussian window of SSIM; its standard deviation is 1.5."""


def mse(sample: Sample) -> float:
    """Mean squared error over the pixels and channels, which are in 0..1.

    Range 0..1, lower is better. Of equal pictures 0, of black and white 1.
    """
    return float(np.square(rgb(sample.output) - rgb(sample.content)).mean())


def psnr(sample: Sample) -> float:
    """Peak signal-to-noise ratio in decibels: -10 log₁₀ of the MSE.

    Range 0..100, higher is better. Of equal pictures it would be infinite; the MSE is taken as 1e-10 at least.
    """
    return float(-10 * np.log10(max(mse(sample), 1e-10)))


def ssim(sample: Sample) -> float:
    """Structural similarity of the luminances (Wang et al. 2004): the mean over all whole windows of 11 × 11 pixels.

    (2 μμ' + c)(2 σσ' + k) / ((μ² + μ'² + c)(σ² + σ'² + k)), with means, variances and covariance under a Gaussian of
    deviation 1.5, c = 0.01², k = 0.03². Range -1..1, higher is better. As `skimage.metrics.structural_similarity` with
    the paper's settings; torchmetrics also counts windows that reach beyond the border.

    Raises:
        UnavailableError: The picture is smaller than the window.
    """
    return _similarity(luminance(sample.output), luminance(sample.content))[0]


def ms_ssim(sample: Sample) -> float:
    """Structural similarity over five scales (Wang, Simoncelli and Bovik 2003), each half as large as the one before.

    The product of the scales' contrast and structure terms, and of the coarsest scale's SSIM, to the powers
    `MS_WEIGHTS`; negative terms count as 0. Range 0..1, higher is better.

    Raises:
        UnavailableError: The picture is too small for five scales.
    """
    one, other = luminance(sample.output), luminance(sample.content)
    product = 1.0
    for scale, weight in enumerate(MS_WEIGHTS):
        if scale:
            one, other = _halved(one), _halved(other)
        whole, contrast = _similarity(one, other)
        product *= max(whole if scale == len(MS_WEIGHTS) - 1 else contrast, 0.0) ** weight
    return product


def _similarity(one: Array, other: Array) -> tuple[float, float]:
    """Return the mean SSIM, and the mean of its second factor, which compares contrast and structure."""
    if min(one.shape) < WINDOW:
        raise UnavailableError(f"The picture is too small: {one.shape[1]}×{one.shape[0]} pixels at the last scale.")
    mean, other_mean = _blurred(one), _blurred(other)
    variance, other_variance = _blurred(one * one) - mean**2, _blurred(other * other) - other_mean**2
    covariance = _blurred(one * other) - mean * other_mean
    contrast = (2 * covariance + 0.03**2) / (variance + other_variance + 0.03**2)
    luminances = (2 * mean * other_mean + 0.01**2) / (mean**2 + other_mean**2 + 0.01**2)
    return float((luminances * contrast).mean()), float(contrast.mean())


def _blurred(values: Array) -> Array:
    """Gaussian means over the windows that lie wholly in the picture."""
    inner = slice(WINDOW // 2, -(WINDOW // 2))
    blurred: Array = gaussian_filter(values, 1.5, radius=WINDOW // 2)
    return blurred[inner, inner]


def _halved(values: Array) -> Array:
    """Means of 2 × 2 pixels; a last odd row or column is dropped."""
    height, width = values.shape[0] // 2, values.shape[1] // 2
    halved: Array = values[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean((1, 3))
    return halved

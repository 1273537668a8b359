"""Properties of the output alone. They compare methods, and say nothing of style or content."""

from __future__ import annotations

import numpy as np
import pywt
from scipy.stats import norm

from engine.study.metrics.arrays import Array, rgb
from engine.study.metrics.sample import Sample


def noise(sample: Sample) -> float:
    """Deviation of white noise, channels in 0..1, estimated from the finest diagonal wavelet coefficients (db2).

    The median of the absolute values that are not 0, divided by 0.6745, the mean over the channels (Donoho and
    Johnstone 1994). Range from 0, lower is less noise; texture counts as noise too. As scikit-image's `estimate_sigma`,
    which gives no number where all coefficients are 0; here it is 0.
    """
    return float(np.mean([_deviation(channel) for channel in np.moveaxis(rgb(sample.output), 2, 0)]))


def tv(sample: Sample) -> float:
    """Total variation: the mean over the pixels and channels of |difference to the right| + |difference below|.

    Range 0..2, lower is smoother; channels are in 0..1 (Rudin, Osher and Fatemi 1992, anisotropic).
    """
    pixels = rgb(sample.output)
    return float(sum(np.abs(np.diff(pixels, axis=axis)).sum() for axis in (0, 1)) / pixels.size)


def _deviation(channel: Array) -> float:
    details = pywt.dwtn(channel, "db2")["dd"]
    magnitudes = np.abs(details[details != 0])
    return float(np.median(magnitudes) / norm.ppf(0.75)) if magnitudes.size else 0.0

"""Whether the output's brush strokes are the style's, seen without a network: statistics of small patches."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import convolve1d

from engine.study.metrics.arrays import Array, rgb
from engine.study.metrics.sample import Sample

PATCH = 7
"""Edge of a patch in pixels."""

PATCHES = 4096
"""Patches that are drawn at each level, by a generator of a fixed seed."""

DIRECTIONS = 64
"""Random directions of the sliced Wasserstein distance; of a fixed seed."""

COARSEST = 16
"""The pyramid ends before an edge gets shorter than this, in pixels."""

_BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16


def patch_swd(sample: Sample) -> float:
    """Sliced Wasserstein distance of 7 × 7 patches to the style's, times 1000, the mean over Laplacian levels.

    At each level of a Laplacian pyramid patches are drawn from both pictures, each channel is brought to mean 0 and
    deviation 1, and the patches are projected on random directions; the distance of two projections is the mean
    difference of their sorted values (Karras et al. 2018, section 5, where it compares sets of pictures). Range from 0,
    lower is better. Colours and contrast do not count, only how patches are made.
    """
    pyramids = _pyramid(rgb(sample.output)), _pyramid(rgb(sample.style))
    return 1000 * float(np.mean([_distance(*levels) for levels in zip(*pyramids, strict=False)]))


def _pyramid(picture: Array) -> list[Array]:
    """Laplacian levels, fine to coarse; the last one is the rest, blurred and small (Burt and Adelson 1983)."""
    levels = []
    while min(picture.shape[:2]) >= 2 * COARSEST:
        smaller = _binomial(picture)[::2, ::2]
        larger = np.zeros_like(picture)
        larger[::2, ::2] = 4 * smaller
        levels.append(picture - _binomial(larger))
        picture = smaller
    return [*levels, picture]


def _binomial(picture: Array) -> Array:
    blurred: Array = convolve1d(convolve1d(picture, _BINOMIAL, axis=0, mode="mirror"), _BINOMIAL, axis=1, mode="mirror")
    return blurred


def _distance(one: Array, other: Array) -> float:
    directions = np.random.default_rng(0).standard_normal((PATCH * PATCH * 3, DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    projected = [np.sort(_normalised_patches(level) @ directions, axis=0) for level in (one, other)]
    return float(np.abs(projected[0] - projected[1]).mean())


def _normalised_patches(level: Array) -> Array:
    """Draw patches and normalise each channel over all of them, (PATCHES, PATCH · PATCH · 3)."""
    windows = sliding_window_view(level, (PATCH, PATCH), axis=(0, 1))
    generator = np.random.default_rng(1)
    rows, columns = (generator.integers(0, length, PATCHES) for length in windows.shape[:2])
    patches = windows[rows, columns]  # (PATCHES, 3, PATCH, PATCH)
    centred = patches - patches.mean((0, 2, 3), keepdims=True)
    normalised: Array = centred / centred.std((0, 2, 3), keepdims=True).clip(1e-8)
    return normalised.reshape(PATCHES, -1)

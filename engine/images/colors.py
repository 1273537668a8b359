"""Whose colours the picture has."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float64]

_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as in JPEG


def map_colors(
    image: Image.Image, targets: Sequence[tuple[Image.Image, float]], *, max_gain: float = math.inf
) -> Image.Image:
    """The picture with its colours mapped on others': same mean and covariance in RGB.

    The Monge-Kantorovich map between Gaussians, the linear one that moves colours least
    (Pitié and Kokaram 2007): T = S^-½ (S^½ D S^½)^½ S^-½.

    Args:
        image: RGB.
        targets: RGB pictures of any size, and each one's share of 1.
        max_gain: Most that any direction of colour is stretched, at the covariance's cost.
    """
    pixels, goals = _rows(image), [(_rows(target), share) for target, share in targets]
    mean: Pixels = sum((share * goal.mean(0) for goal, share in goals), np.zeros(3))
    covariance: Pixels = sum((share * _moment(goal - mean) for goal, share in goals), np.zeros((3, 3)))
    centred = pixels - pixels.mean(0)
    root = _root(_moment(centred))
    inverse = np.linalg.inv(root)
    gains, axes = np.linalg.eigh(inverse @ _root(root @ covariance @ root) @ inverse)
    transform = (axes * gains.clip(max=max_gain)) @ axes.T
    return _image((centred @ transform + mean).reshape(image.height, image.width, 3))


def match_colors(style: Image.Image, content: Image.Image) -> Image.Image:
    """A style in the content's palette (Gatys et al. 2016, colour control).

    Colours are stretched 5 times at most: those of a pencil drawing are noise, and would be made into speckles.
    Paintings matched to photographs were measured to need 0.2 .. 2.7.
    """
    return map_colors(style, [(content, 1.0)], max_gain=5.0)


def luminance_of(image: Image.Image) -> Image.Image:
    """The picture in greys, still RGB."""
    return image.convert("L").convert("RGB")


def match_luminance(image: Image.Image, target: Image.Image) -> Image.Image:
    """A grey picture brought to another's mean and spread of luminance (Gatys et al. 2016, colour control)."""
    pixels, goal = _rows(image), _rows(target)
    gain = goal.std() / max(float(pixels.std()), 1e-3)
    mapped = (pixels - pixels.mean()) * gain + goal.mean()
    return _image(mapped.reshape(image.height, image.width, 3))


def with_chrominance_of(image: Image.Image, content: Image.Image) -> Image.Image:
    """The luminance of `image` with the hue of `content`, both RGB of one size.

    Colours are as strong as the content's, or as strong as fits in 0..1 at that luminance: cutting channels off
    instead would shift the hue and flatten the brush strokes in bright and dark places.
    """
    luminance = (_rows(image) @ _LUMA)[:, None]
    chrominance = _rows(content) - (_rows(content) @ _LUMA)[:, None]
    room = np.where(chrominance > 0, 1 - luminance, luminance) / np.abs(chrominance).clip(1e-9)
    pixels = luminance + chrominance * room.min(1, keepdims=True).clip(max=1)
    return _image(pixels.reshape(image.height, image.width, 3))


def _rows(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"), dtype=np.float64).reshape(-1, 3) / 255


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))


def _moment(rows: Pixels) -> Pixels:
    """Second moment (3, 3); the trace of noise added keeps pictures of one colour invertible."""
    moment: Pixels = rows.T @ rows / len(rows) + 1e-5 * np.eye(3)
    return moment


def _root(matrix: Pixels) -> Pixels:
    """Square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    root: Pixels = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return root

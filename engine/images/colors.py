"""Colour control: colours and luminance moved from one picture to another (Gatys et al. 2016)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float64]
"""(pixels, 3) in 0..1, or a matrix (3, 3) of the three channels."""

_LUMA = np.array([0.299, 0.587, 0.114])  # weights of red, green and blue in the luminance (ITU-R BT.601, as in JPEG)


def map_colors(
    image: Image.Image, targets: Sequence[tuple[Image.Image, float]], *, max_gain: float = math.inf
) -> Image.Image:
    """Map a picture's colours linearly so that their mean and covariance in RGB become those of other pictures.

    The map is the Monge-Kantorovich transport between Gaussians: of all linear maps it changes the colours least
    (Pitié and Kokaram 2007). T = S^-½ (S^½ D S^½)^½ S^-½, S being the covariance of `image`, D that of the targets.

    Args:
        image: RGB.
        targets: RGB pictures of any size, and the share of each; the shares add up to 1.
        max_gain: Upper limit for the eigenvalues of T; where it applies, the covariance stays smaller than D.

    Returns:
        An RGB picture of the same size.
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
    """Map the colours of a style on those of the content (Gatys et al. 2016, colour control).

    The gain is limited to 5. The colours of a pencil drawing are noise, and a larger gain would turn them into
    speckles; paintings matched to photographs need gains of 0.2 to 2.7 (measured).
    """
    return map_colors(style, [(content, 1.0)], max_gain=5.0)


def luminance_of(image: Image.Image) -> Image.Image:
    """Convert a picture to greys; its mode stays RGB."""
    return image.convert("L").convert("RGB")


def match_luminance(image: Image.Image, target: Image.Image) -> Image.Image:
    """Scale a grey picture to the mean and deviation of another's luminance (Gatys et al. 2016, colour control)."""
    pixels, goal = _rows(image), _rows(target)
    gain = goal.std() / max(float(pixels.std()), 1e-3)
    mapped = (pixels - pixels.mean()) * gain + goal.mean()
    return _image(mapped.reshape(image.height, image.width, 3))


def with_chrominance_of(image: Image.Image, content: Image.Image) -> Image.Image:
    """Combine the luminance of `image` with the chrominance of `content`, both RGB of one size.

    Where a colour would leave 0..1 at that luminance, its saturation is reduced until it fits. Clipping the channels
    instead would shift the hue and flatten the brush strokes in bright and dark places.
    """
    luminance = (_rows(image) @ _LUMA)[:, None]
    chrominance = _rows(content) - (_rows(content) @ _LUMA)[:, None]
    room = np.where(chrominance > 0, 1 - luminance, luminance) / np.abs(chrominance).clip(1e-9)
    pixels = luminance + chrominance * room.min(1, keepdims=True).clip(max=1)
    return _image(pixels.reshape(image.height, image.width, 3))


def _rows(image: Image.Image) -> Pixels:
    """The pixels as (H·W, 3) in 0..1."""
    return np.asarray(image.convert("RGB"), dtype=np.float64).reshape(-1, 3) / 255


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))


def _moment(rows: Pixels) -> Pixels:
    """Second moment, (3, 3); the term added to the diagonal keeps it invertible for pictures of one colour."""
    moment: Pixels = rows.T @ rows / len(rows) + 1e-5 * np.eye(3)
    return moment


def _root(matrix: Pixels) -> Pixels:
    """Square root of a symmetric positive semidefinite matrix."""
    values, vectors = np.linalg.eigh(matrix)
    root: Pixels = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return root

"""Filters that paint without a style, and one of them in the style's colours."""

from __future__ import annotations

import importlib.util
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.study.methods.colour import monge_kantorovich
from engine.study.methods.frame import at_edge
from engine.study.records import Method, Work

SECTORS = 8
SHARPNESS = 8.0
"""q of Papari et al. 2007: how much the smoother sectors are preferred."""

RADIUS_SHARE = 1 / 64
"""Radius of the Kuwahara filter as a share of the longest edge."""

Pixels = NDArray[np.float64]
"""(H, W, 3) in 0..1."""


def kuwahara(content: Image.Image, _: Image.Image, work: Work) -> Image.Image:
    """Smooth by the generalised Kuwahara filter, which keeps edges and flattens texture (Papari et al. 2007).

    Each pixel is the mean of eight sectors around it, weighted by the inverse power of their deviation. The style is
    not used.
    """
    picture = at_edge(content, work.size)
    smooth = kuwahara_filter(np.asarray(picture) / 255.0, max(2, round(work.size * RADIUS_SHARE)))
    return Image.fromarray((smooth.clip(0, 1) * 255).round().astype(np.uint8))


def kuwahara_filter(pixels: Pixels, radius: int) -> Pixels:
    """The generalised Kuwahara filter of pixels (H, W, 3) in 0..1; the radius is in pixels, from 1."""
    from scipy.ndimage import convolve

    weighted, weights = np.zeros_like(pixels), np.zeros((*pixels.shape[:2], 1))
    for kernel in sector_kernels(radius):
        mean, square = (convolve(each, kernel[..., None], mode="nearest") for each in (pixels, pixels**2))
        deviation = np.sqrt((square - mean**2).clip(0).sum(-1, keepdims=True))
        weight = 1 / (1 + (255 * deviation) ** SHARPNESS)
        weighted += weight * mean
        weights += weight
    filtered: Pixels = weighted / weights
    return filtered


def sector_kernels(radius: int) -> NDArray[np.float64]:
    """Weights of the sectors, (8, 2·radius + 1, 2·radius + 1), each of sum 1: a Gaussian cut into soft sectors."""
    from scipy.ndimage import gaussian_filter

    down, across = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    sector = np.round(np.arctan2(down, across) / (2 * math.pi / SECTORS)).astype(int) % SECTORS
    inside = down**2 + across**2 <= (radius + 0.5) ** 2
    bell = np.exp(-(down**2 + across**2) / (2 * (radius / 2) ** 2)) * inside
    cut = np.stack([(sector == number).astype(float) for number in range(SECTORS)])
    cut[:, radius, radius] = 1 / SECTORS  # the pixel itself belongs to all
    kernels: NDArray[np.float64] = np.stack([gaussian_filter(part, radius / 4) for part in cut]) * bell
    kernels /= kernels.sum((1, 2), keepdims=True)
    return kernels


def kuwahara_recoloured(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """The Kuwahara filter of the content in the style's colours."""
    return kuwahara(monge_kantorovich(content, style, work), style, work)


def stylization(content: Image.Image, _: Image.Image, work: Work) -> Image.Image:
    """OpenCV's `stylization`: domain transform and edges (Gastal and Oliveira 2011). The style is not used."""
    import cv2

    return Image.fromarray(cv2.stylization(np.asarray(at_edge(content, work.size)), sigma_s=60, sigma_r=0.45))


def oil_painting(content: Image.Image, _: Image.Image, work: Work) -> Image.Image:
    """OpenCV's `xphoto.oilPainting`: the most frequent intensity around each pixel. The style is not used."""
    import cv2

    size = max(2, round(work.size * RADIUS_SHARE))
    return Image.fromarray(cv2.xphoto.oilPainting(np.asarray(at_edge(content, work.size)), size, 1))


def _without_opencv() -> str | None:
    if importlib.util.find_spec("cv2"):
        return None
    return "OpenCV is not installed: pip install opencv-contrib-python-headless."


METHODS = (
    Method("kuwahara", "traditional", "the generalised Kuwahara filter, without the style", kuwahara),
    Method("kuwahara-recoloured", "traditional", "the Kuwahara filter in the style's colours", kuwahara_recoloured),
    Method(
        "stylization", "traditional", "OpenCV's stylization, without the style", stylization, missing=_without_opencv
    ),
    Method(
        "oil-painting", "traditional", "OpenCV's oil painting, without the style", oil_painting, missing=_without_opencv
    ),
)

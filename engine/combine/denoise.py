"""Noise removal: three methods of scikit-image, each for noise of a given or estimated deviation.

The factors between the deviation and each method's own parameter are those of the highest PSNR on three photographs
with Gaussian noise of 0.02, 0.05 and 0.1 (docs/engine.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LEAST = 1e-3
"""Deviation, 0..1, below which there is nothing to remove: a quarter of one of the 256 levels."""

Pixels = NDArray[np.float32]
"""(H, W, 3) in 0..1."""


def noise_deviation(picture: Image.Image) -> float:
    """Estimate the standard deviation of Gaussian noise in a picture, in 0..1.

    It is the median magnitude of the finest diagonal wavelet coefficients, divided by 0.6745 (Donoho and Johnstone
    1994), averaged over the channels. Fine texture counts as noise: photographs without noise have 0.005 to 0.01,
    paintings up to 0.1.
    """
    import pywt

    details = (pywt.dwt2(channel, "db2")[1][2] for channel in _pixels(picture).transpose(2, 0, 1))
    return float(np.mean([np.median(np.abs(detail)) for detail in details])) / 0.6745


def non_local_means(picture: Image.Image, deviation: float | None = None) -> Image.Image:
    """Replace each pixel by a mean of pixels whose 5×5 neighbourhoods look alike (Buades, Coll and Morel 2005).

    Args:
        picture: RGB.
        deviation: Of the noise, 0..1; None: estimated.

    Returns:
        An RGB picture of the same size; the picture itself where there is no noise.
    """

    def remove(pixels: Pixels, deviation: float) -> Pixels:
        from skimage.restoration import denoise_nl_means

        window = {"patch_size": 5, "patch_distance": 6, "fast_mode": True}
        smooth: Pixels = denoise_nl_means(pixels, h=0.6 * deviation, sigma=deviation, channel_axis=-1, **window)
        return smooth

    return _denoised(picture, deviation, remove)


def total_variation(picture: Image.Image, deviation: float | None = None) -> Image.Image:
    """Lower the total variation as far as the noise explains it (Rudin, Osher and Fatemi 1992; Chambolle 2004).

    Edges stay, grain and fine texture go. Arguments and result are those of `non_local_means`.
    """

    def remove(pixels: Pixels, deviation: float) -> Pixels:
        from skimage.restoration import denoise_tv_chambolle

        smooth: Pixels = denoise_tv_chambolle(pixels, weight=0.75 * deviation, channel_axis=-1, max_num_iter=60)
        return smooth

    return _denoised(picture, deviation, remove)


def wavelet(picture: Image.Image, deviation: float | None = None) -> Image.Image:
    """Shrink wavelet coefficients of luminance and chrominance (BayesShrink; Chang, Yu and Vetterli 2000).

    Arguments and result are those of `non_local_means`.
    """

    def remove(pixels: Pixels, deviation: float) -> Pixels:
        from skimage.restoration import denoise_wavelet

        colours = {"convert2ycbcr": True, "channel_axis": -1, "rescale_sigma": True}
        smooth: Pixels = denoise_wavelet(pixels, sigma=deviation, method="BayesShrink", mode="soft", **colours)
        return smooth

    return _denoised(picture, deviation, remove)


DENOISERS: Mapping[str, Callable[[Image.Image], Image.Image]] = MappingProxyType(
    {"nlm": non_local_means, "tv": total_variation, "wavelet": wavelet}
)
"""The methods by their names in `engine.Options.denoise_content` and `denoise_output`."""


def _denoised(picture: Image.Image, deviation: float | None, remove: Callable[[Pixels, float], Pixels]) -> Image.Image:
    deviation = noise_deviation(picture) if deviation is None else deviation
    if deviation < LEAST:
        return picture
    return Image.fromarray((remove(_pixels(picture), deviation).clip(0, 1) * 255).round().astype(np.uint8))


def _pixels(picture: Image.Image) -> Pixels:
    return np.asarray(picture.convert("RGB"), dtype=np.float32) / np.float32(255)

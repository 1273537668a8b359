"""Noise removal against a picture whose noise is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import skimage.data
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio
from skimage.restoration import denoise_tv_chambolle, estimate_sigma

from engine.combine import denoise


@pytest.fixture(scope="module")
def clean() -> Image.Image:
    return Image.fromarray(skimage.data.astronaut()).resize((160, 160), Image.Resampling.LANCZOS)


def noisy(picture: Image.Image, deviation: float) -> Image.Image:
    noise = np.random.default_rng(3).normal(0, 255 * deviation, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).round().astype(np.uint8))


@pytest.mark.parametrize("deviation", [0.04, 0.08, 0.16])
def test_the_deviation_of_noise_is_estimated(deviation: float) -> None:
    grey = Image.new("RGB", (200, 100), (128, 128, 128))
    assert denoise.noise_deviation(noisy(grey, deviation)) == pytest.approx(deviation, rel=0.05)


def test_the_estimate_is_that_of_scikit_image(clean: Image.Image) -> None:
    """Which leaves out coefficients of 0: they come of flat areas, not of noise."""
    grainy = noisy(clean, 0.05)
    expected = estimate_sigma(np.asarray(grainy) / 255, channel_axis=-1, average_sigmas=True)
    assert denoise.noise_deviation(grainy) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("name", denoise.DENOISERS)
@pytest.mark.parametrize("size", [(2, 2), (3, 1), (7, 40), (16, 5)])
def test_small_pictures_are_denoised_too(name: str, size: tuple[int, int]) -> None:
    picture = noisy(Image.new("RGB", size, "grey"), 0.2)
    assert denoise.DENOISERS[name](picture).size == size


@pytest.mark.parametrize(("name", "gain"), [("nlm", 3.5), ("tv", 3), ("wavelet", 2.5)])
def test_noise_is_removed_and_the_picture_stays(name: str, gain: float, clean: Image.Image) -> None:
    """By so many decibels of the PSNR."""
    before, after = noisy(clean, 0.1), denoise.DENOISERS[name](noisy(clean, 0.1))
    assert (after.mode, after.size) == ("RGB", clean.size)
    psnr = [peak_signal_noise_ratio(np.asarray(clean), np.asarray(each)) for each in (before, after)]
    assert psnr[1] > psnr[0] + gain


@pytest.mark.parametrize("remove", [denoise.non_local_means, denoise.total_variation, denoise.wavelet])
def test_more_noise_is_removed_where_more_is_expected(
    remove: Callable[[Image.Image, float], Image.Image], clean: Image.Image
) -> None:
    changes = [np.abs(np.asarray(remove(clean, sigma)) - np.asarray(clean, float)).mean() for sigma in (0.02, 0.1)]
    assert changes[0] < changes[1] / 2


def test_total_variation_is_that_of_scikit_image(clean: Image.Image) -> None:
    """The weight is 0.75 of the deviation."""
    expected = denoise_tv_chambolle(np.asarray(clean) / 255, weight=0.06, channel_axis=-1, max_num_iter=60)
    found = np.asarray(denoise.total_variation(clean, 0.08), float)
    assert np.abs(found - 255 * expected).max() < 1.5


@pytest.mark.parametrize("name", denoise.DENOISERS)
@pytest.mark.parametrize("size", [(32, 20), (1, 1), (1, 40)])
def test_a_picture_without_noise_is_returned_as_it_is(name: str, size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (200, 30, 90))
    assert denoise.DENOISERS[name](picture) is picture

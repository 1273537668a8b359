"""Differences of pixels and structure, against scikit-image and torchmetrics."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import metrics as skimage_metrics
from torch.nn.functional import avg_pool2d

from engine.study.metrics.arrays import luminance, rgb
from engine.study.metrics.pixels import MS_WEIGHTS, ms_ssim, mse, psnr, ssim
from engine.study.records import UnavailableError
from tests.support.samples import compared


def torchmetrics_terms(one: Image.Image, other: Image.Image, halvings: int = 0) -> tuple[float, float]:
    """Its SSIM over whole windows, and its contrast and structure term, of luminances that are halved first."""
    from torchmetrics.functional.image import structural_similarity_index_measure

    pair = [torch.from_numpy(luminance(each))[None, None] for each in (one, other)]
    for _ in range(halvings):
        pair = [avg_pool2d(each, 2) for each in pair]
    halved, other_halved = pair
    _, full = structural_similarity_index_measure(halved, other_halved, data_range=1.0, return_full_image=True)
    _, contrast = structural_similarity_index_measure(
        halved, other_halved, data_range=1.0, return_contrast_sensitivity=True
    )
    return float(full[..., 5:-5, 5:-5].mean()), float(contrast)


BLACK, WHITE = Image.new("RGB", (192, 192)), Image.new("RGB", (192, 192), "white")


def test_equal_pictures_and_opposite_ones(photograph: Image.Image) -> None:
    same, opposite = compared(photograph), compared(BLACK, content=WHITE)
    assert [metric(same) for metric in (mse, psnr, ssim, ms_ssim)] == pytest.approx([0, 100, 1, 1])
    assert mse(opposite) == 1 and psnr(opposite) == 0
    assert ssim(opposite) == pytest.approx(0, abs=1e-3)


def test_mse_and_psnr_are_those_of_scikit_image(photograph: Image.Image, texture: Image.Image) -> None:
    one, other, sample = rgb(photograph), rgb(texture), compared(photograph, content=texture)
    assert mse(sample) == pytest.approx(skimage_metrics.mean_squared_error(one, other))
    assert psnr(sample) == pytest.approx(skimage_metrics.peak_signal_noise_ratio(one, other, data_range=1))


@pytest.mark.parametrize("amount", [0.2, 0.7])
def test_ssim_is_that_of_scikit_image_and_torchmetrics(
    amount: float, photograph: Image.Image, texture: Image.Image
) -> None:
    output = Image.blend(photograph, texture, amount)
    one, other = luminance(output), luminance(photograph)
    found = ssim(compared(output, content=photograph))
    expected = skimage_metrics.structural_similarity(
        one, other, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1
    )
    assert found == pytest.approx(expected, rel=1e-9)
    assert found == pytest.approx(torchmetrics_terms(output, photograph)[0], rel=1e-6)


@pytest.mark.parametrize("amount", [0.2, 0.7])
def test_ms_ssim_is_made_of_the_terms_of_torchmetrics(
    amount: float, photograph: Image.Image, texture: Image.Image
) -> None:
    """Its own MS-SSIM counts windows beyond the border at the coarsest scale, where they are most of the windows."""
    content = photograph.resize((400, 300))
    output = Image.blend(content, texture.resize((400, 300)), amount)
    scales = [torchmetrics_terms(output, content, halvings) for halvings in range(5)]
    terms = [contrast for _, contrast in scales[:4]] + [scales[4][0]]
    expected = np.prod([max(term, 0) ** weight for term, weight in zip(terms, MS_WEIGHTS, strict=True)])
    assert expected > 0.1
    assert ms_ssim(compared(output, content=content)) == pytest.approx(expected, rel=1e-6)


def test_small_pictures_are_not_measured(photograph: Image.Image) -> None:
    with pytest.raises(UnavailableError, match="too small: 10×10"):
        ssim(compared(photograph.resize((10, 10))))
    with pytest.raises(UnavailableError, match="too small: 10×10"):
        ms_ssim(compared(photograph.resize((175, 175))))
    assert ms_ssim(compared(photograph.resize((176, 176)))) == pytest.approx(1)


def test_the_luminance_is_the_one_of_pillow(photograph: Image.Image) -> None:
    assert np.abs(luminance(photograph) * 255 - np.asarray(photograph.convert("L"))).max() < 1.01

"""Noise that was added, and total variation that is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.restoration import estimate_sigma

from engine.images.tensors import to_tensor
from engine.study.metrics.arrays import rgb
from engine.study.metrics.grain import noise, tv
from tests.support.samples import compared, picture


@pytest.mark.parametrize("sigma", [0.02, 0.1])
def test_noise_that_was_added_is_found(sigma: float) -> None:
    values = 0.5 + np.random.default_rng(0).normal(0, sigma, (128, 128, 3))
    assert noise(compared(picture(values))) == pytest.approx(sigma, rel=0.05)


def test_noise_is_that_of_scikit_image(photograph: Image.Image) -> None:
    expected = estimate_sigma(rgb(photograph), average_sigmas=True, channel_axis=-1)
    assert noise(compared(photograph)) == pytest.approx(expected, rel=1e-12)


def test_flat_pictures_have_neither_noise_nor_variation() -> None:
    flat = compared(Image.new("RGB", (64, 64), "teal"))
    assert noise(flat) == pytest.approx(0, abs=1e-12)
    assert tv(flat) == 0


def test_variation_is_that_of_torchmetrics(photograph: Image.Image) -> None:
    from torchmetrics.functional.image import total_variation

    pixels = to_tensor(photograph).to(torch.float64)
    assert tv(compared(photograph)) == pytest.approx(float(total_variation(pixels)) / pixels.numel(), rel=1e-6)


def test_a_checkerboard_varies_most() -> None:
    board = np.indices((64, 64)).sum(0) % 2
    assert tv(compared(picture(board.astype(float)))) == pytest.approx(2 * 63 / 64)

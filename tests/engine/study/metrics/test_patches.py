"""The sliced Wasserstein distance of patches: its pyramid, its distance, what it sees and what not."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from PIL import Image
from scipy.stats import wasserstein_distance

from engine.study.metrics import patches
from engine.study.metrics.arrays import rgb
from engine.study.metrics.patches import patch_swd
from tests.support.samples import compared, picture


def test_equal_pictures_have_no_distance(photograph: Image.Image) -> None:
    assert patch_swd(compared(photograph)) == 0
    assert patch_swd(compared(Image.new("RGB", (64, 64), "red"))) == 0


@pytest.mark.parametrize("size", [(192, 192), (101, 67), (40, 33), (16, 16)])
def test_the_levels_of_the_pyramid_add_up_to_the_picture(size: tuple[int, int], photograph: Image.Image) -> None:
    levels = patches._pyramid(rgb(photograph.resize(size)))
    assert min(levels[-1].shape[:2]) >= 16
    whole = levels.pop()
    while levels:
        larger = np.zeros_like(levels[-1])
        larger[::2, ::2] = 4 * whole
        whole = levels.pop() + patches._binomial(larger)
    assert np.allclose(whole, rgb(photograph.resize(size)))


def test_the_distance_is_that_of_scipy(photograph: Image.Image, texture: Image.Image) -> None:
    one, other = (rgb(each) for each in (photograph, texture))
    directions = np.random.default_rng(0).standard_normal((147, patches.DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    projected = [(patches._normalised_patches(each) @ directions).T for each in (one, other)]
    expected = np.mean([wasserstein_distance(*pair) for pair in zip(*projected, strict=True)])
    assert patches._distance(one, other) == pytest.approx(expected, rel=1e-9)


def test_texture_counts_and_colour_does_not(photograph: Image.Image) -> None:
    grass, bricks = (Image.fromarray(each).convert("RGB") for each in (skimage.data.grass(), skimage.data.brick()))
    first, second, wall = grass.crop((0, 0, 192, 192)), grass.crop((300, 300, 492, 492)), bricks.crop((0, 0, 192, 192))
    assert 2 * patch_swd(compared(first, style=second)) < patch_swd(compared(first, style=wall))
    paler = picture(rgb(photograph) * (0.6, 0.7, 0.8) + 0.1)
    assert patch_swd(compared(paler, style=photograph)) < 0.2 * patch_swd(compared(first, style=photograph))

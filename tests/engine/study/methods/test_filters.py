"""The Kuwahara filter on an edge in noise, and what is said where OpenCV is absent."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from PIL import Image

from engine.study.methods import METHODS
from engine.study.methods.filters import kuwahara_filter, sector_kernels
from tests.support.painting import work_of


def test_the_sectors_cover_the_disc_evenly() -> None:
    """Each has a sum of 1, is the next one turned by a quarter after two, and all together are symmetric."""
    kernels = sector_kernels(6)
    assert kernels.shape == (8, 13, 13)
    assert kernels.sum((1, 2)) == pytest.approx(np.ones(8))
    whole = kernels.sum(0)
    assert whole == pytest.approx(whole.T, abs=1e-3)
    assert (whole > 0).sum() == pytest.approx(np.pi * 6.5**2, rel=0.05)


def test_noise_is_flattened_and_an_edge_kept() -> None:
    """A Gaussian that flattens the noise as much would leave 40 % of the step to the neighbours of the edge."""
    rng = np.random.default_rng(5)
    step = np.where(np.arange(60) < 30, 0.25, 0.75)
    pixels = np.repeat(np.tile(step, (60, 1))[..., None], 3, -1) + rng.normal(0, 0.04, (60, 60, 3))
    smooth = kuwahara_filter(pixels, 5)
    flat = smooth[10:50, 5:25]
    assert flat.std() < 0.4 * pixels[10:50, 5:25].std()
    edge = smooth[10:50].mean((0, 2))
    assert edge[28] == pytest.approx(0.25, abs=0.05) and edge[31] == pytest.approx(0.75, abs=0.05)


def test_a_picture_of_one_colour_stays() -> None:
    picture = Image.new("RGB", (40, 30), (12, 100, 240))
    assert METHODS["kuwahara"].paint(picture, picture, work_of(40)).tobytes() == picture.tobytes()


@pytest.mark.parametrize("name", ["stylization", "oil-painting"])
def test_without_opencv_its_filters_say_that_they_are_missing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert METHODS[name].missing() == "OpenCV is not installed: pip install opencv-contrib-python-headless."
    assert METHODS["kuwahara"].missing() is None


@pytest.mark.parametrize("name", ["stylization", "oil-painting"])
def test_opencvs_filters_paint(name: str, cat: Image.Image) -> None:
    pytest.importorskip("cv2")
    assert METHODS[name].missing() is None
    made = np.asarray(METHODS[name].paint(cat, cat, work_of(96)), int)
    change = np.abs(made - np.asarray(cat)).mean()
    assert 2 < change < 40

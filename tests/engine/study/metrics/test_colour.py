"""Distances of colours, wherever they are in the picture."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageOps
from scipy.stats import wasserstein_distance

from engine.study.metrics import colour
from engine.study.metrics.arrays import lab, rgb
from engine.study.metrics.colour import lab_histogram, lab_swd, rgb_uv_histogram
from tests.support.samples import compared, picture

METRICS = (lab_swd, lab_histogram, rgb_uv_histogram)
RED, BLUE = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")


@pytest.mark.parametrize("metric", METRICS)
def test_places_of_colours_do_not_count(metric: object, photograph: Image.Image) -> None:
    assert callable(metric)
    assert metric(compared(photograph)) == pytest.approx(0, abs=1e-7)
    turned = ImageOps.mirror(photograph).rotate(180)
    assert metric(compared(turned, style=photograph)) == pytest.approx(0, abs=0.02)


def test_one_colour_and_another(photograph: Image.Image) -> None:
    """All colours differ by one vector: the mean of its length in a direction is half of it on the sphere."""
    sample = compared(RED, style=BLUE)
    assert lab_swd(sample) == pytest.approx(np.linalg.norm(lab(RED)[0] - lab(BLUE)[0]) / 2, rel=0.03)
    assert lab_histogram(sample) == 1
    assert rgb_uv_histogram(sample) > 0.9


def test_the_sliced_distance_is_that_of_scipy(photograph: Image.Image, texture: Image.Image) -> None:
    step = math.ceil(192 * 192 / colour.PIXELS)
    projected = [(lab(each)[::step] @ colour._half_sphere()).T for each in (photograph, texture)]
    expected = np.mean([wasserstein_distance(*pair) for pair in zip(*projected, strict=True)])
    assert lab_swd(compared(photograph, style=texture)) == pytest.approx(expected, rel=2e-3)


def test_the_directions_are_unit_vectors_that_are_evenly_spread() -> None:
    directions = colour._half_sphere()
    assert np.allclose(np.linalg.norm(directions, axis=0), 1)
    assert np.allclose(directions @ directions.T / directions.shape[1], np.eye(3) / 3, atol=0.02)


def test_half_of_the_pixels_in_another_colour() -> None:
    """Hellinger distance of (1, 0) and (½, ½): √(1 - √½)."""
    half = RED.copy()
    half.paste(BLUE.crop((0, 0, 32, 64)), (0, 0))
    assert lab_histogram(compared(half, style=RED)) == pytest.approx(math.sqrt(1 - math.sqrt(0.5)))


def test_brightness_matters_to_lab_and_not_to_chrominance(photograph: Image.Image) -> None:
    darker = picture(rgb(photograph) * 0.5)
    sample = compared(darker, style=photograph)
    assert lab_histogram(sample) > 0.5
    assert rgb_uv_histogram(sample) < 0.25


def test_black_pictures_are_measured() -> None:
    black = Image.new("RGB", (32, 32))
    assert all(metric(compared(black)) == pytest.approx(0, abs=1e-7) for metric in METRICS)

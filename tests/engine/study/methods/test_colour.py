"""Transfers of colour against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.color import rgb2lab
from skimage.exposure import match_histograms

from engine.study.methods import METHODS
from engine.study.records import Work
from tests.support.painting import work_of

WORK = work_of(96)


@pytest.fixture
def mild() -> Image.Image:
    """A style of few colours, so that none is clipped."""
    rng = np.random.default_rng(4)
    return Image.fromarray((110 + 12 * rng.normal(size=(50, 96, 3)) + [25, -10, 5]).clip(0, 255).astype(np.uint8))


def pixels(picture: Image.Image) -> NDArray[np.float64]:
    return np.asarray(picture, dtype=np.float64).reshape(-1, 3)


def test_reinhard_gives_the_styles_means_and_deviations_in_lab(cat: Image.Image, mild: Image.Image) -> None:
    found, target = (rgb2lab(each).reshape(-1, 3) for each in (METHODS["reinhard"].paint(cat, mild, WORK), mild))
    assert found.mean(0) == pytest.approx(target.mean(0), abs=0.3)
    assert found.std(0) == pytest.approx(target.std(0), rel=0.05, abs=0.1)


def test_histogram_matching_is_that_of_scikit_image(cat: Image.Image, glass: Image.Image) -> None:
    style = glass.resize((96, 96), Image.Resampling.LANCZOS)
    expected = match_histograms(np.asarray(cat), np.asarray(style), channel_axis=-1)
    found = np.asarray(METHODS["histogram"].paint(cat, glass, WORK))
    assert np.abs(found - expected).max() <= 0.5


def test_monge_kantorovich_is_the_closed_form(cat: Image.Image, mild: Image.Image) -> None:
    """For Gaussians: T = S^-½ (S^½ D S^½)^½ S^-½, which gives the style's mean and covariance."""
    source, target = pixels(cat), pixels(mild)
    found = pixels(METHODS["monge-kantorovich"].paint(cat, mild, WORK))
    assert found.mean(0) == pytest.approx(target.mean(0), abs=0.1)
    assert np.cov(found.T) == pytest.approx(np.cov(target.T), rel=0.05, abs=4)
    values, axes = np.linalg.eigh(np.cov(source.T))
    root, inverse = (axes * values**power @ axes.T for power in (0.5, -0.5))
    values, axes = np.linalg.eigh(root @ np.cov(target.T) @ root)
    transform = inverse @ (axes * values**0.5 @ axes.T) @ inverse
    expected = (source - source.mean(0)) @ transform + target.mean(0)
    assert np.abs(found - expected).max() < 2


def test_sliced_transport_gives_the_styles_distribution(cat: Image.Image, glass: Image.Image) -> None:
    """Along axes that it was not told of, too; Monge-Kantorovich's does not, for the glass has few colours."""
    target = pixels(glass.resize((96, 96), Image.Resampling.LANCZOS))
    rng, ranks = np.random.default_rng(9), np.linspace(0, 1, 101)
    for drawn in rng.normal(size=(5, 3)):
        axis = drawn / np.linalg.norm(drawn)
        due = np.quantile(target @ axis, ranks)
        errors = {
            name: np.abs(np.quantile(pixels(METHODS[name].paint(cat, glass, WORK)) @ axis, ranks) - due).mean()
            for name in ("sliced-transport", "monge-kantorovich")
        }
        assert errors["sliced-transport"] < min(3, errors["monge-kantorovich"])


@pytest.mark.parametrize("name", ["reinhard", "histogram", "monge-kantorovich", "sliced-transport"])
def test_the_content_as_its_own_style_changes_nothing(name: str, cat: Image.Image) -> None:
    found = np.asarray(METHODS[name].paint(cat, cat, WORK), int)
    assert np.abs(found - np.asarray(cat)).max() <= 1


@pytest.mark.parametrize("name", ["reinhard", "histogram", "monge-kantorovich", "sliced-transport"])
def test_pictures_of_one_colour_are_no_fault(name: str) -> None:
    red, blue = Image.new("RGB", (20, 10), (200, 30, 30)), Image.new("RGB", (9, 12), (20, 40, 180))
    found = np.asarray(METHODS[name].paint(red, blue, Work(32, 0, WORK.model)), int)
    assert np.abs(found - [20, 40, 180]).max() <= 3

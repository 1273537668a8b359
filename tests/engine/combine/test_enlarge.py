"""Enlargement against a photograph of the size that is aimed at."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio

from engine.combine.enlarge import ENLARGERS, back_projection, lanczos


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(skimage.data.chelsea()).resize((240, 160), Image.Resampling.LANCZOS)


@pytest.mark.parametrize("times", [2, 4])
@pytest.mark.parametrize("name", ENLARGERS)
def test_edges_are_so_many_times_longer_and_colours_stay(name: str, times: int) -> None:
    picture = Image.new("RGB", (31, 17), (250, 128, 3))
    large = ENLARGERS[name](picture, times)
    assert (large.size, large.getcolors()) == ((31 * times, 17 * times), [(31 * 17 * times**2, (250, 128, 3))])


def test_back_projection_is_consistent_with_the_picture(photo: Image.Image) -> None:
    """Reduced again it is the picture, but for rounding and for values beyond black and white."""
    errors = []
    for enlarge in (lanczos, back_projection):
        reduced = enlarge(photo, 2).resize(photo.size, Image.Resampling.LANCZOS)
        errors.append(np.abs(np.asarray(reduced, float) - np.asarray(photo)).mean())
    assert errors[1] < 0.35 < errors[0]


def test_back_projection_is_nearer_to_the_truth_than_lanczos(photo: Image.Image) -> None:
    small = photo.resize((120, 80), Image.Resampling.LANCZOS)
    psnr = {
        name: peak_signal_noise_ratio(np.asarray(photo), np.asarray(to(small, 2))) for name, to in ENLARGERS.items()
    }
    assert psnr["back-projection"] > psnr["lanczos"] + 0.3


def test_without_iterations_it_is_lanczos(photo: Image.Image) -> None:
    difference = np.asarray(back_projection(photo, 2, iterations=0), int) - np.asarray(lanczos(photo, 2))
    assert np.abs(difference).max() <= 1
    assert back_projection(photo, 1).tobytes() == photo.tobytes()

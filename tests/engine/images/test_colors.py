"""Colours moved from picture to picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from engine.images.colors import luminance_of, map_colors, match_colors, match_luminance, with_chrominance_of


def noise(mean: tuple[int, int, int], spread: float, seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    mix = np.array([[1.0, 0.4, 0.0], [0.0, 0.8, 0.3], [0.2, 0.0, 0.9]])
    pixels = rng.normal(0, spread, (60, 80, 3)) @ mix + mean
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def test_mapped_colours_have_the_targets_mean_and_covariance() -> None:
    source, target = noise((90, 140, 120), 12, 1), noise((150, 110, 100), 20, 2)
    mapped, goal = (np.asarray(i, float).reshape(-1, 3) for i in (map_colors(source, [(target, 1.0)]), target))
    assert np.allclose(mapped.mean(0), goal.mean(0), atol=1)
    assert np.allclose(np.cov(mapped.T), np.cov(goal.T), rtol=0.05, atol=8)


def test_colours_mapped_on_themselves_stay() -> None:
    picture = noise((90, 140, 120), 12, 3)
    assert np.abs(np.asarray(map_colors(picture, [(picture, 1.0)]), float) - np.asarray(picture, float)).max() <= 1


def test_the_noise_in_a_grey_pictures_colours_is_not_made_into_colours() -> None:
    rng = np.random.default_rng(7)
    drawing = rng.integers(0, 256, (60, 80, 1)) + rng.normal(0, 1, (60, 80, 3))
    source, target = Image.fromarray(drawing.clip(0, 255).astype(np.uint8)), noise((90, 140, 120), 30, 8)
    mapped = np.asarray(match_colors(source, target), float)
    assert (mapped[..., 0] - mapped[..., 1]).std() < 5 * (np.asarray(source, float) @ [1, -1, 0]).std() + 5
    assert np.abs(mapped.mean((0, 1)) - np.asarray(target, float).mean((0, 1))).max() < 2


def test_a_picture_of_one_colour_takes_the_targets_mean() -> None:
    mapped = map_colors(Image.new("RGB", (9, 9), "red"), [(Image.new("RGB", (9, 9), "blue"), 1.0)])
    assert mapped.getpixel((4, 4)) == (0, 0, 255)


def test_luminance_is_grey_and_takes_mean_and_spread() -> None:
    source, target = luminance_of(noise((90, 140, 120), 12, 4)), luminance_of(noise((150, 110, 100), 20, 5))
    matched = np.asarray(match_luminance(source, target), float)
    assert (matched.std(2) == 0).all()
    assert abs(matched.mean() - np.asarray(target, float).mean()) < 1
    assert abs(matched.std() - np.asarray(target, float).std()) < 1


def test_chrominance_comes_from_the_content_luminance_from_the_picture() -> None:
    grey, color = Image.new("RGB", (2, 2), (120, 120, 120)), Image.new("RGB", (2, 2), (140, 100, 90))
    luma, blue, red = with_chrominance_of(grey, color).convert("YCbCr").getpixel((0, 0))  # type: ignore[misc]
    expected = color.convert("YCbCr").getpixel((0, 0))
    assert abs(luma - 120) <= 1
    assert (abs(blue - expected[1]) <= 1, abs(red - expected[2]) <= 1) == (True, True)  # type: ignore[index]


@pytest.mark.parametrize("luminance", [0, 12, 128, 243, 255])
def test_luminance_and_hue_stay_where_a_colour_does_not_fit(luminance: int) -> None:
    color, luma = np.array([230.0, 20.0, 40.0]), np.array([0.299, 0.587, 0.114])
    grey, red = Image.new("RGB", (2, 2), (luminance, luminance, luminance)), Image.new("RGB", (2, 2), (230, 20, 40))
    found = np.asarray(with_chrominance_of(grey, red), float)[0, 0]
    assert abs(found @ luma - luminance) <= 0.5
    hue = color - color @ luma
    strength = (found - luminance) @ hue / (hue @ hue)
    assert np.abs(found - luminance - strength * hue).max() <= 1
    assert (strength > 0) == (0 < luminance < 255)

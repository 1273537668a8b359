"""Texture transfer: the errors of patches, the seams, and results that are known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PIL import Image

from engine.errors import EngineError
from engine.study.methods import METHODS
from engine.study.methods.texture import Quilt, _before_seam, _places
from tests.support.painting import work_of


def test_of_a_style_of_one_colour_comes_that_colour(cat: Image.Image) -> None:
    style = Image.new("RGB", (30, 50), (12, 200, 77))
    made = METHODS["texture-transfer"].paint(cat, style, work_of(48))
    assert made.getcolors() == [(48 * 32, (12, 200, 77))]


def test_every_pixel_is_one_of_the_styles(cat: Image.Image, glass: Image.Image) -> None:
    style = glass.resize((48, 48), Image.Resampling.LANCZOS)
    made = METHODS["texture-transfer"].paint(cat, style, work_of(48))
    colours = {tuple(colour) for colour in np.asarray(style).reshape(-1, 3)}
    assert {tuple(colour) for colour in np.asarray(made).reshape(-1, 3)} <= colours


@pytest.mark.parametrize("size", [(300, 1), (1, 300)], ids=["a row", "a column"])
def test_a_line_of_pixels_is_refused_in_one_sentence(glass: Image.Image, size: tuple[int, int]) -> None:
    """Its blocks could not overlap."""
    line = Image.new("RGB", size, (200, 30, 30))
    for content, style in ((line, glass), (glass, line)):
        with pytest.raises(EngineError, match="two pixels wide and high"):
            METHODS["texture-transfer"].paint(content, style, work_of(32))


def test_dark_and_bright_stay_where_they_are() -> None:
    content = Image.new("RGB", (64, 64), "black")
    content.paste((255, 255, 255), (32, 0, 64, 64))
    style = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    made = np.asarray(METHODS["texture-transfer"].paint(content, style, work_of(64)).convert("L"), float)
    assert made[:, 34:].mean() > made[:, :30].mean() + 100


def test_another_seed_draws_other_patches(cat: Image.Image, glass: Image.Image) -> None:
    one, same, other = (
        METHODS["texture-transfer"].paint(cat, glass, work_of(48, seed=seed)).tobytes() for seed in (1, 1, 2)
    )
    assert one == same != other


def test_the_first_block_is_the_best_patch(glass: Image.Image) -> None:
    """With luminance alone, and an aim that is a part of the source, that part is found."""
    source = np.asarray(glass.resize((40, 30)).convert("RGB")) / 255
    noise = np.random.default_rng(0).random((30, 40))
    quilt = Quilt(source, noise, np.random.default_rng(1))
    made = quilt.transfer(noise[5:17, 9:21], 12, 0.0, None)
    assert (made == source[5:17, 9:21]).all()


def test_with_neighbours_alone_the_pass_before_is_followed(glass: Image.Image) -> None:
    """Where all of it are patches of the style, nothing changes."""
    source = np.asarray(glass.resize((40, 30)).convert("RGB")) / 255
    quilt, before = Quilt(source, source.mean(-1), np.random.default_rng(1)), source[2:26, 3:33]
    assert (quilt.transfer(np.zeros((24, 30)), 10, 1.0, before) == before).all()


def test_errors_are_sums_of_squared_differences() -> None:
    """The correlations by spectra against sums over each block: without and with a pass before."""
    rng = np.random.default_rng(3)
    source, luminance = rng.random((14, 17, 3)), rng.random((14, 17))
    quilt, block = Quilt(source, luminance, rng), 5
    pattern = rng.random((block, block, 4))
    channels = np.dstack([source, np.sqrt(3) * luminance])
    windows = np.lib.stride_tricks.sliding_window_view(channels, (block, block), axis=(0, 1))
    expected = np.einsum("rcnij,ijn->rc", windows, pattern)
    assert quilt._correlation(pattern) == pytest.approx(expected)
    weights = np.zeros((block, block, 4))
    weights[..., :3] = 0.2
    weights[:2, :, :3] += 0.2
    weights[:, :1, :3] = 0.4
    weights[..., 3] = 0.8
    expected = np.einsum("rcnij,ijn->rc", windows**2, weights)
    assert quilt._squares(block, 2, 1, 0.2, 0.2) == pytest.approx(expected)


def test_a_seam_follows_the_least_difference() -> None:
    difference = np.ones((6, 5))
    columns = [3, 3, 2, 1, 1, 2]
    difference[range(6), columns] = 0
    kept = _before_seam(difference)
    assert kept.sum(1).tolist() == columns


@pytest.mark.parametrize(("length", "block"), [(48, 12), (50, 12), (13, 12), (12, 12), (100, 4)])
def test_blocks_overlap_and_cover_an_edge(length: int, block: int) -> None:
    places = _places(length, block)
    assert places[0] == (0, 0) and places[-1][0] + block == length
    for (before, _), (start, overlap) in itertools.pairwise(places):
        assert overlap == before + block - start >= max(1, block // 6)

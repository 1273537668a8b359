"""The drawn styles, at any size and seed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from PIL import Image

from engine.drawing.canvas import EDGE
from engine.drawing.styles import DRAWN

SMALL = 160


@cache
def usual(name: str) -> Image.Image:
    """Return a style as it is drawn for the chat."""
    return DRAWN[name]()


def pixels(image: Image.Image) -> np.ndarray:
    """Return the pixels as numbers."""
    return np.asarray(image, dtype=np.float64)


@pytest.mark.parametrize("name", list(DRAWN))
def test_a_style_is_drawn_alike_each_time(name: str) -> None:
    """A recipe code names a style, so that its picture must always be the same."""
    again = DRAWN[name]()
    assert again.size == (EDGE, EDGE)
    assert np.array_equal(pixels(again), pixels(usual(name)))


@pytest.mark.parametrize("name", list(DRAWN))
def test_a_style_has_strokes_all_over(name: str) -> None:
    """A flat area has no strokes to transfer: most tiles of the picture vary."""
    grey = pixels(usual(name).convert("L"))
    tiles = grey.reshape(8, EDGE // 8, 8, EDGE // 8).std(axis=(1, 3))
    assert (tiles > 4).mean() > 0.8


@pytest.mark.parametrize("name", list(DRAWN))
def test_a_style_is_the_same_picture_at_any_size_and_another_with_another_seed(name: str) -> None:
    """Its large shapes agree with those of the usual size, better than those of another seed do."""

    def shapes(image: Image.Image) -> np.ndarray:
        return pixels(image.resize((20, 20), Image.Resampling.BOX))

    known, small, other = shapes(usual(name)), DRAWN[name](SMALL), DRAWN[name](SMALL, seed=1)
    assert small.size == other.size == (SMALL, SMALL)
    assert np.abs(shapes(small) - known).mean() < 14
    assert np.abs(shapes(other) - known).mean() > 1.1 * np.abs(shapes(small) - known).mean()


@pytest.mark.parametrize("name", list(DRAWN))
@pytest.mark.parametrize("size", [1, 17])
def test_tiny_sizes_are_drawn(name: str, size: int) -> None:
    """Lines keep a width of one pixel."""
    assert DRAWN[name](size).size == (size, size)

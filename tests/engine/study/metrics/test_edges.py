"""The edge F-score of lines whose places are known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from engine.study.metrics.edges import edges
from tests.support.samples import compared, picture


def steps(*columns: int) -> Image.Image:
    """A picture of 256 × 192 pixels whose brightness changes at these columns."""
    values = np.zeros((192, 256))
    for column in columns:
        values[:, column:] = 1 - values[:, column:]
    return picture(values)


FLAT = Image.new("RGB", (256, 192), "grey")


def test_the_same_edges_are_found_whatever_the_contrast(photograph: Image.Image) -> None:
    assert edges(compared(photograph)) == 1
    assert edges(compared(Image.blend(photograph, Image.new("RGB", photograph.size, "grey"), 0.5), photograph)) > 0.95


def test_edges_may_move_a_little() -> None:
    """The tolerance is 0.75 % of the diagonal of 320 pixels: 2.4 pixels."""
    assert edges(compared(steps(100), content=steps(102))) == 1
    assert edges(compared(steps(100), content=steps(104))) == 0


def test_half_of_the_edges_are_a_recall_of_one_half() -> None:
    """Precision 1, recall ½: F = 2/3; and the other way round."""
    assert edges(compared(steps(60), content=steps(60, 180))) == pytest.approx(2 / 3, abs=0.01)
    assert edges(compared(steps(60, 180), content=steps(60))) == pytest.approx(2 / 3, abs=0.01)


def test_pictures_without_edges() -> None:
    assert edges(compared(FLAT)) == 1
    assert edges(compared(FLAT, content=steps(100))) == edges(compared(steps(100), content=FLAT)) == 0

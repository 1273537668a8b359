"""Strength chosen afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import engine
from engine.images.tensors import centre_square, resize


def test_the_ends_are_the_content_and_the_output_and_the_middle_lies_between(cat: Image.Image) -> None:
    output = Image.new("RGB", (48, 32), (10, 200, 90))
    content = resize(cat, (48, 32))
    assert engine.blend(cat, output, 0).tobytes() == content.tobytes()
    assert engine.blend(cat, output, 1).tobytes() == output.tobytes()
    middle, ends = np.asarray(engine.blend(cat, output, 0.25), dtype=float), np.asarray(content, dtype=float)
    assert np.abs(middle - (0.75 * ends + 0.25 * np.asarray(output))).max() <= 1


def test_the_published_square_is_blended_with_the_square_that_it_was_cut_from(cat: Image.Image) -> None:
    output = Image.new("RGB", (32, 32), "navy")
    assert engine.blend(cat, output, 0).tobytes() == centre_square(cat, 32).tobytes()


def test_transparency_is_laid_on_white_as_it_was_for_painting() -> None:
    content = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert engine.blend(content, Image.new("RGB", (8, 8)), 0).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan"), float("inf"), True])
def test_an_amount_outside_its_range_is_refused(amount: float, cat: Image.Image) -> None:
    with pytest.raises(engine.OptionsError, match="Amount must be a number from 0 to 1"):
        engine.blend(cat, cat, amount)


def test_a_picture_of_another_shape_is_refused(cat: Image.Image) -> None:
    with pytest.raises(engine.OptionsError, match=r"\(50×96\) must have the content's shape \(96×64\)"):
        engine.blend(cat, Image.new("RGB", (50, 96)), 0.5)

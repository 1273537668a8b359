"""Every size and aspect ratio: what comes out has the content's shape, and can be gone on with."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

import engine
from engine.images.tensors import Size, fit

EDGES = st.integers(1, 90)
SIZES = st.integers(16, 70)


def picture(size: Size, seed: int = 0) -> Image.Image:
    """Coarse noise."""
    noise = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def shapes(longest: int = 400) -> st.SearchStrategy[Size]:
    """Sizes up to 1:20, lying and standing."""
    lying = st.builds(lambda short, ratio: (min(longest, round(short * ratio)), short), EDGES, st.floats(1, 20))
    return st.builds(lambda size, upright: size[::-1] if upright else size, lying, st.booleans())


@settings(max_examples=80, deadline=None, derandomize=True)
@given(content=shapes(), style=shapes(120), size=SIZES, colors=st.sampled_from(["style", "content", "match"]))
@example(content=(400, 20), style=(20, 100), size=64, colors="style")
@example(content=(20, 400), style=(100, 20), size=16, colors="match")
@example(content=(64, 64), style=(64, 64), size=64, colors="content")
@example(content=(33, 57), style=(31, 7), size=63, colors="style")
@example(content=(1, 1), style=(1, 1), size=16, colors="match")
def test_an_output_has_the_contents_shape(
    content: Size, style: Size, size: int, colors: str, model: engine.Model
) -> None:
    options = engine.preset("sketch", size=size, iterations=2, colors=colors)
    result = engine.stylize(picture(content), [picture(style, 1)], options, model=model)
    assert result.image.size == result.report.size == fit(content, size)
    assert result.image.mode == "RGB"
    assert all(np.isfinite(loss) for loss in result.report.losses.values())
    assert engine.blend(picture(content), result.image, 0.5).size == result.image.size


@settings(max_examples=40, deadline=None, derandomize=True)
@given(content=shapes(), size=SIZES, larger=SIZES, scale=st.sampled_from([0.25, 1.0, 4.0]))
@example(content=(400, 20), size=16, larger=65, scale=0.25)
@example(content=(19, 399), size=61, larger=17, scale=4.0)
def test_an_output_of_any_shape_can_be_gone_on_with_and_masked(
    content: Size, size: int, larger: int, scale: float, model: engine.Model
) -> None:
    canvas, styles = picture(content), [picture((60, 40), 1), picture((13, 70), 2)]
    masks = [picture(content, 3), None]
    first = engine.stylize(
        canvas, styles, engine.preset("sketch", size=size, iterations=2, style_scale=scale), model=model, masks=masks
    )
    options = engine.preset("sketch", size=larger, iterations=2, style_scale=scale)
    second = engine.stylize(canvas, styles, options, model=model, masks=masks, start=first.image)
    assert second.image.size == fit(content, larger)
    assert all(np.isfinite(loss) for loss in second.report.losses.values())


@settings(max_examples=8, deadline=None, derandomize=True)
@given(content=shapes(), size=st.integers(16, 40))
@example(content=(400, 20), size=33)
@example(content=(1, 20), size=16)
def test_paper_cuts_a_square_out_of_any_shape(content: Size, size: int, model: engine.Model) -> None:
    options = engine.preset("paper", size=size, iterations=1)
    result = engine.stylize(picture(content), [picture((50, 30), 1)], options, model=model)
    assert result.image.size == (size, size)
    assert engine.blend(picture(content), result.image, 0.5).size == (size, size)

"""Painting: a run moves the picture towards the style, for pictures of any size, alone or in a batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

import engine
from engine.sizes import Size, fit
from tests.support.quick_runs import painted, pixels

QUICK = engine.preset("sketch", size=64, iterations=9)

EDGES = st.integers(1, 90)

SIZES = st.integers(16, 70)


def test_a_run_moves_the_picture_towards_the_style(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """The style losses of the output are well below those of the content."""
    options = engine.preset("sketch", size=96, iterations=40)
    report = engine.stylize(cat, [glass], options, model=model).report
    untouched = engine.stylize(cat, [glass], engine.preset("sketch", size=96, iterations=1), model=model).report
    painted, before = (sum(v for k, v in r.losses.items() if k.startswith("style")) for r in (report, untouched))
    assert painted < before / 2


@pytest.mark.parametrize("preset", ["sketch", "paper"])
def test_the_same_seed_gives_the_same_picture(
    preset: str, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    options = engine.preset(preset, size=32, iterations=6, seed=7)
    first, second = (engine.stylize(cat, [glass], options, model=model).image for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_flat_pictures_end_in_numbers(model: engine.Model) -> None:
    """Pictures without contrast and colour, painted in their own style, have finite results."""
    for color in ("black", "white", "#808080"):
        flat = Image.new("RGB", (40, 30), color)
        for colors in ("style", "content", "match"):
            image = painted(flat, [flat], model, iterations=4, colors=colors)
            assert np.abs(pixels(image) - pixels(flat.resize(image.size))).max() < 60


@settings(max_examples=12, deadline=None)
@given(width=st.integers(1, 200), height=st.integers(1, 200), size=st.integers(16, 80))
@example(width=200, height=10, size=64)
@example(width=10, height=200, size=64)
@example(width=2000, height=1, size=33)
@example(width=1, height=1, size=16)
def test_any_size_and_aspect_ratio_works(
    model: engine.Model, glass: Image.Image, width: int, height: int, size: int
) -> None:
    """The output has the longest edge asked for, and the content's aspect ratio to the pixel."""
    content = Image.effect_noise((width, height), 80).convert("RGB")
    result = engine.stylize(content, [glass], engine.preset("sketch", size=size, iterations=3), model=model)
    scale = size / max(width, height)
    assert result.image.size == (max(1, round(width * scale)), max(1, round(height * scale)))
    assert all(np.isfinite(value) for value in result.report.losses.values())


def picture(size: Size, seed: int = 0) -> Image.Image:
    """Coarse noise."""
    noise = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def shapes(longest: int = 400) -> st.SearchStrategy[Size]:
    """Sizes with aspect ratios up to 1:20, landscape and portrait."""
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


def requests(cat: Image.Image, glass: Image.Image) -> list[engine.Request]:
    """Requests of one bucket with different styles, strengths, colours and starts."""
    turned = cat.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return [
        engine.Request(cat, [glass], QUICK),
        engine.Request(turned, [cat, glass], engine.preset("sketch", size=64, iterations=9, strength=80)),
        engine.Request(cat, [glass], engine.preset("sketch", size=64, iterations=9, colors="content", init="noise")),
    ]


def test_a_batch_gives_what_its_pictures_give_one_by_one(cat: Image.Image, glass: Image.Image) -> None:
    """In float32 results differ only by the order of sums, and each has its own report."""
    model = engine.load_model("builtin", "cpu", precision="float32")
    asked = requests(cat, glass)
    together = engine.stylize_batch(asked, model=model)
    for request, result in zip(asked, together, strict=True):
        alone = engine.stylize(request.content, request.styles, request.options, model=model)
        difference = np.abs(np.asarray(result.image, dtype=float) - np.asarray(alone.image))
        assert difference.mean() < 0.5
        assert result.report.losses == pytest.approx(alone.report.losses, rel=0.02)
        assert result.report.strength == request.options.strength


def test_masks_go_along_in_a_batch(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    left = Image.new("L", cat.size)
    left.paste(255, (0, 0, cat.width // 2, cat.height))
    right = left.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    asked = [engine.Request(cat, [glass], QUICK, masks=[mask]) for mask in (left, right)]
    images = [np.asarray(result.image, dtype=float) for result in engine.stylize_batch(asked, model=model)]
    assert (images[0][:, 33:] == np.asarray(cat.resize((64, 43), Image.Resampling.BICUBIC))[:, 33:]).all()
    assert np.abs(images[1][:, 33:] - images[0][:, 33:]).mean() > 5


def test_each_picture_has_its_own_progress_and_a_stop_ends_all(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    seen: list[list[engine.Progress]] = [[], []]
    asked = [
        engine.Request(cat, [glass], QUICK, on_progress=seen[0].append),
        engine.Request(glass.resize(cat.size), [cat], QUICK, on_progress=seen[1].append),
    ]
    results = engine.stylize_batch(asked, model=model, should_stop=lambda: len(seen[0]) >= 3)
    assert [len(each) for each in seen] == [3, 3]
    assert seen[0][-1].loss != seen[1][-1].loss
    assert seen[0][-1].preview().tobytes() != seen[1][-1].preview().tobytes()
    assert all(result.report.stopped for result in results)


def test_pictures_of_different_buckets_are_refused_in_one_sentence(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    with pytest.raises(engine.OptionsError, match="equal sizes, one preset"):
        engine.stylize_batch([engine.Request(cat, [glass], QUICK), engine.Request(glass, [cat], QUICK)], model=model)
    paper = engine.Request(cat, [glass], engine.preset("paper", size=32))
    with pytest.raises(engine.OptionsError, match="another preset than paper"):
        engine.stylize_batch([paper, paper], model=model)
    with pytest.raises(engine.OptionsError, match="one request or more"):
        engine.stylize_batch([], model=model)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_cuda_paints_the_same_as_the_cpu_to_a_tolerance(cat: Image.Image, glass: Image.Image) -> None:
    options = engine.preset("sketch", size=96, iterations=40)
    images = [
        engine.stylize(cat, [glass], options, model=engine.load_model("builtin", d)).image for d in ("cpu", "cuda")
    ]
    assert np.abs(pixels(images[0]) - pixels(images[1])).mean() < 8

"""What a canvas makes of the options: the size of the strokes, the beginning of a run, the colours."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

import engine
from tests.support.quick_runs import painted, pixels


@pytest.mark.parametrize(("scale", "edges"), [(0.25, [24, 48]), (1, [96, 192]), (2, [192, 384])])
def test_the_style_is_resized_relative_to_the_picture_at_each_scale(
    scale: float,
    edges: list[int],
    pair: tuple[Image.Image, Image.Image],
    model: engine.Model,
    style_sizes: list[tuple[int, int]],
) -> None:
    options = engine.preset("sketch", size=192, iterations=2, style_scale=scale)
    report = engine.stylize(pair[0], [pair[1]], options, model=model).report
    assert style_sizes == [(edge, edge) for edge in edges]
    assert report.style_scale == scale


def test_the_published_preset_scales_its_style_too(
    pair: tuple[Image.Image, Image.Image], model: engine.Model, style_sizes: list[tuple[int, int]]
) -> None:
    options = engine.preset("paper", size=32, style_scale=0.5)
    engine.stylize(pair[0], [pair[1]], options, model=model, should_stop=lambda: True)
    assert style_sizes == [(16, 16)]


def test_the_smallest_style_of_the_smallest_picture_still_has_statistics(model: engine.Model) -> None:
    content, style = Image.new("RGB", (16, 9), "teal"), Image.effect_noise((200, 3), 80).convert("RGB")
    options = engine.preset("sketch", size=16, iterations=2, style_scale=0.25)
    assert engine.stylize(content, [style], options, model=model).image.size == (16, 9)


def losses(report: engine.Report) -> float:
    """Sum of the style losses."""
    return sum(loss for name, loss in report.losses.items() if name.startswith("style"))


@pytest.mark.parametrize("preset", ["sketch", "paper"])
def test_noise_is_the_seeds_and_is_painted_into_the_style(
    preset: str, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    def painted(seed: int, iterations: int) -> engine.Result:
        options = engine.preset(preset, size=32, iterations=iterations, init="noise", seed=seed)
        return engine.stylize(cat, [glass], options, model=model)

    first, again, other = (painted(seed, 15) for seed in (7, 7, 8))
    assert first.report.init == "noise"
    assert first.image.tobytes() == again.image.tobytes() != other.image.tobytes()
    if preset == "sketch":  # paper makes at least 20 evaluations
        assert losses(first.report) < losses(painted(7, 1).report) / 2


@pytest.mark.parametrize("preset", ["sketch", "paper"])
def test_a_run_that_goes_on_is_never_worse_than_its_start(
    preset: str, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    """One more iteration with the first run's options; its result was rounded to 8 bits, hence the tolerance."""
    first = engine.stylize(cat, [glass], engine.preset(preset, size=64, iterations=30), model=model)
    once = engine.preset(preset, size=64, iterations=1)
    second = engine.stylize(cat, [glass], once, model=model, start=first.image)
    fresh = engine.stylize(cat, [glass], once, model=model)
    assert (second.report.init, fresh.report.init) == ("start", "content")
    assert losses(second.report) < losses(first.report) * 1.05
    assert losses(second.report) < losses(fresh.report)


def test_a_result_can_be_continued_larger_stronger_and_in_its_own_colours(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    small = engine.stylize(cat, [glass], engine.preset("sketch", size=96, iterations=9), model=model).image
    larger = engine.preset("sketch", size=192, iterations=4, strength=90, colors="content")
    result = engine.stylize(cat, [glass], larger, model=model, start=small)
    assert result.report.scales == ((96, 64), (192, 128))
    last = engine.stylize(cat, [glass], larger, model=model, start=result.image)
    assert last.report.scales == ((192, 128),) and last.report.iterations == 4
    chroma, original = (
        np.asarray(image.convert("YCbCr"), dtype=float)[..., 1:] for image in (last.image, cat.resize((192, 128)))
    )
    assert np.abs(chroma - original).mean() < 4


def test_content_colours_are_kept(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """The chrominance of the output is the content's, except where it was clipped."""
    image = painted(cat, [glass], model, colors="content").convert("YCbCr")
    original = cat.resize(image.size, Image.Resampling.BICUBIC).convert("YCbCr")
    difference = np.abs(pixels(image) - pixels(original)).mean((0, 1))
    assert difference[1] < 4 and difference[2] < 4
    assert difference[0] > 5


def test_matched_colours_are_the_contents_palette(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """Mean and deviation of each channel are the content's, although the pixels are not."""
    matched, styled = painted(cat, [glass], model, colors="match"), painted(cat, [glass], model, colors="style")
    original = pixels(cat.resize(matched.size, Image.Resampling.BICUBIC))

    def distance(image: Image.Image) -> float:
        moments = [np.array([each.mean((0, 1)), each.std((0, 1))]) for each in (pixels(image), original)]
        return float(np.abs(moments[0] - moments[1]).max())

    assert distance(matched) < distance(styled) / 3
    assert np.abs(pixels(matched) - original).mean() > 5


def test_a_style_of_no_weight_has_no_say(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    red = Image.new("RGB", (40, 40), "red")
    alone = painted(cat, [glass], model)
    both = painted(cat, [glass, red], model, style_weights=(2.0, 0.0))
    mixed = painted(cat, [glass, red], model)
    assert both.tobytes() == alone.tobytes()
    assert pixels(mixed)[..., 0].mean() > pixels(alone)[..., 0].mean()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_noise_masks_and_a_start_work_on_cuda(cat: Image.Image, glass: Image.Image) -> None:
    model, mask = engine.load_model("builtin", "cuda"), Image.new("L", cat.size, 128)
    options = engine.preset("sketch", size=96, iterations=20, init="noise")
    result = engine.stylize(cat, [glass], options, model=model, masks=[mask])
    again = engine.preset("sketch", size=96, iterations=20)
    last = engine.stylize(cat, [glass], again, model=model, masks=[mask], start=result.image)
    assert (last.report.device, last.report.masked, last.report.init) == ("cuda", True, "start")

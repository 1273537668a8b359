"""Controls of a run: the size of the strokes, where it begins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

import engine
from engine.images.tensors import noise, same_shape
from engine.optimize.objective import Meter, StyleTarget
from engine.optimize.schedule import plan_scales
from engine.optimize.strength import balance, force, opacity, recolored_share
from engine.options import RECIPES

SMALL = replace(RECIPES["sketch"], size=96, iterations=(4, 4), enlarging=8)


@pytest.fixture
def style_sizes(monkeypatch: pytest.MonkeyPatch, model: engine.Model) -> list[tuple[int, int]]:
    """Height and width of every style picture that statistics are taken of, in order."""
    sizes: list[tuple[int, int]] = []
    inner = Meter.moments

    def spy(self: Meter, image: Tensor) -> StyleTarget:
        sizes.append((image.shape[2], image.shape[3]))
        return inner(self, image)

    monkeypatch.setattr(Meter, "moments", spy)
    model.forget()
    return sizes


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


def test_the_published_recipe_scales_its_style_too(
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
    """Style losses, equally weighted."""
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
    if preset == "sketch":  # the other one never makes fewer than 20
        assert losses(first.report) < losses(painted(7, 1).report) / 2


def test_noise_is_uniform_and_grey_only_when_asked() -> None:
    drawn, grey = noise((40, 30), 3), noise((40, 30), 3, grey=True)
    assert drawn.shape == grey.shape == (1, 3, 30, 40)
    assert 0 <= drawn.min() < 0.01 and 0.99 < drawn.max() <= 1 and abs(drawn.mean().item() - 0.5) < 0.02
    assert not torch.equal(drawn[:, 0], drawn[:, 1]) and torch.equal(grey[:, 0], grey[:, 2])


@pytest.mark.parametrize(
    ("start", "edges"),
    [
        (10, [96, 192, 384]),
        (96, [96, 192, 384]),
        (135, [96, 192, 384]),
        (136, [192, 384]),
        (192, [192, 384]),
        (271, [192, 384]),
        (272, [384]),
        (384, [384]),
        (4000, [384]),
    ],
)
def test_scales_coarser_than_the_start_are_skipped(start: int, edges: list[int]) -> None:
    """The first one is the nearest to the start: the factor of two is parted at its root."""
    options = engine.preset("sketch", size=384)
    plan = plan_scales((300, 200), options, (start, start * 2 // 3))
    assert plan == plan_scales((300, 200), options)[-len(edges) :]
    assert [max(size) for size, _ in plan] == edges
    total = engine.preset("sketch", size=384, iterations=30)
    assert sum(steps for _, steps in plan_scales((300, 200), total, (start, start))) == 30


@pytest.mark.parametrize("preset", ["sketch", "paper"])
def test_a_run_that_goes_on_is_never_worse_than_its_start(
    preset: str, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    """One more iteration of the first run's own options; its result is on 8 bits, hence the tolerance."""
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


def test_a_start_that_does_not_fit_is_refused(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    def refused(preset: str, start: Image.Image, words: str, **choice: str) -> None:
        with pytest.raises(engine.OptionsError, match=words):
            engine.stylize(cat, [glass], engine.preset(preset, size=32, **choice), model=model, start=start)

    refused("sketch", Image.new("RGB", (64, 64)), "of the content's shape; it is 64×64")
    refused("paper", cat, "must be a square; it is 96×64")
    refused("sketch", cat, "a start picture or init noise, not both", init="noise")


@pytest.mark.parametrize(
    ("size", "other", "same"),
    [
        ((64, 43), (96, 64), True),
        ((683, 1024), (2000, 3000), True),
        ((33, 1), (2000, 1), True),
        ((98, 64), (96, 64), True),
        ((64, 64), (96, 64), False),
        ((43, 64), (96, 64), False),
        ((1000, 1000), (1000, 1030), False),
    ],
)
def test_shapes_agree_but_for_rounding(size: tuple[int, int], other: tuple[int, int], same: bool) -> None:
    assert same_shape(size, other) is same


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_noise_masks_and_a_start_work_on_cuda(cat: Image.Image, glass: Image.Image) -> None:
    model, mask = engine.load_model("builtin", "cuda"), Image.new("L", cat.size, 128)
    options = engine.preset("sketch", size=96, iterations=20, init="noise")
    result = engine.stylize(cat, [glass], options, model=model, masks=[mask])
    again = engine.preset("sketch", size=96, iterations=20)
    last = engine.stylize(cat, [glass], again, model=model, masks=[mask], start=result.image)
    assert (last.report.device, last.report.masked, last.report.init) == ("cuda", True, "start")


@pytest.mark.parametrize(("upscale", "edges"), [(1, [48, 96]), (2, [48, 96, 192]), (4, [48, 96, 192, 384])])
def test_upscale_adds_a_short_pass_at_each_doubling(upscale: int, edges: list[int]) -> None:
    options = engine.preset("sketch", size=96, upscale=upscale, custom=SMALL)
    plan = plan_scales((300, 200), options)
    assert [max(size) for size, _ in plan] == edges
    assert [steps for _, steps in plan] == [4, 4, *[SMALL.enlarging] * (len(edges) - 2)]


def test_an_upscaled_picture_is_larger_and_sharper_than_a_resized_one(
    pair: tuple[Image.Image, Image.Image], model: engine.Model
) -> None:
    """Of the same run: the last pass adds detail that resizing cannot."""
    plain, large = (
        engine.stylize(pair[0], [pair[1]], engine.preset("sketch", size=96, upscale=upscale, custom=SMALL), model=model)
        for upscale in (1, 2)
    )
    assert large.image.size == (192, 128)
    resized = plain.image.resize(large.image.size, Image.Resampling.BICUBIC)
    detail = [np.abs(np.diff(np.asarray(each, dtype=float), 2, axis=1)).mean() for each in (resized, large.image)]
    assert detail[1] > detail[0] * 1.2


def test_a_picture_that_would_be_too_large_is_refused() -> None:
    with pytest.raises(engine.OptionsError, match="4096 pixels at most, not 8192"):
        engine.preset("sketch", size=2048, upscale=4)
    with pytest.raises(engine.OptionsError, match="Upscale must be 1 or 2 or 4, not 3"):
        engine.preset("sketch", upscale=3)


def test_the_statistics_of_a_known_style_are_not_measured_again(
    pair: tuple[Image.Image, Image.Image], model: engine.Model, style_sizes: list[tuple[int, int]]
) -> None:
    """Of the same pixels, at the same scales; a style of other pixels is another one."""
    options = engine.preset("sketch", size=64, iterations=2)
    first = engine.stylize(pair[0], [pair[1]], options, model=model)
    again = engine.stylize(pair[0], [pair[1].copy()], options, model=model)
    assert style_sizes == [(64, 64)] and first.image.tobytes() == again.image.tobytes()
    engine.stylize(pair[0], [pair[1].rotate(90)], options, model=model)
    assert len(style_sizes) == 2
    model.forget()
    engine.stylize(pair[0], [pair[1]], options, model=model)
    assert len(style_sizes) == 3


@pytest.mark.parametrize("strength", [0, 3, 10, 37.5, 50, 80, 92, 100])
def test_more_strength_is_more_force_and_80_is_the_recipes_own_balance(strength: float) -> None:
    assert force(strength) <= force(min(100, strength + 1))
    assert (balance(strength) > 1) == (strength > 80) and (balance(strength) < 1) == (strength < 80)
    assert opacity(0) == recolored_share(0) == 0 and opacity(80) == recolored_share(80) == 1

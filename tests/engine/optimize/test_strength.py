"""Strength: the scale, and what a run makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

import engine
from engine.images.tensors import to_tensor
from engine.optimize.canvas import Canvas, Style
from engine.optimize.distance import LAYERS, passes
from engine.optimize.distance import moved as moved_by
from engine.optimize.objective import Extractor, Objective, choose_layers
from engine.optimize.strength import (
    BLEND_BELOW,
    MOST_LOWERED,
    MOST_RAISED,
    MOVED,
    NEARLY_ALL_STYLE,
    STYLE_LEFT,
    corrected_force,
    force,
    moved,
    opacity,
    reached,
    recolored_share,
    style_weight_factor,
)
from tests.support.quick_runs import painted, pixels

Box = tuple[int, int, int, int]


@pytest.mark.parametrize("strength", [0, 3, 10, 37.5, 50, 80, 92, 100])
def test_more_strength_is_more_force_and_80_is_the_presets_own_style_weight(strength: float) -> None:
    assert force(strength) <= force(min(100, strength + 1))
    factor = style_weight_factor(force(strength))
    assert (factor > 1) == (strength > 80) and (factor < 1) == (strength < 80)
    assert opacity(force(0)) == recolored_share(0) == 0 and opacity(force(80)) == recolored_share(80) == 1


def test_strength_is_monotonic_and_zero_is_nearly_the_content(cat: Image.Image, glass: Image.Image) -> None:
    """In float32: bfloat16's rounding moves so short a run by as much as a few steps of strength do."""
    model = engine.load_model("builtin", "cpu", precision="float32")
    images = [painted(cat, [glass], model, strength=strength) for strength in (0, 25, 50, 75, 90, 100)]
    original = pixels(cat.resize(images[0].size, Image.Resampling.BICUBIC))
    distances = [np.abs(pixels(image) - original).mean() for image in images]
    assert distances == sorted(distances)
    assert distances[0] < 12 < 2 * distances[0] + distances[-1]


@pytest.fixture(scope="module")
def text() -> Image.Image:
    """A page of letters, which any style moves far."""
    return Image.fromarray(skimage.data.page()).convert("RGB").resize((96, 64))


def options(strength: float, *, corrected: bool = True, **choice: object) -> engine.Options:
    """Forty iterations at 64 px, with or without correction."""
    made = engine.preset("sketch", **{"size": 64, "strength": strength, **choice})
    return replace(made, custom=replace(made.hyperparameters, corrected=corrected))


def reach(
    content: Image.Image, style: Image.Image, result: engine.Result, model: engine.Model, box: Box | None = None
) -> float:
    """How far a picture, or a part of it, has moved in content and in style."""
    features, how = model.features(exact=False, dtype=torch.float32), result.image.size
    image, original = (to_tensor(part.crop(box)) for part in (result.image, content.resize(how)))
    layers = choose_layers(engine.Options().hyperparameters, model.layers)
    extractor = Extractor(features, layers, first_moments=False)
    target = extractor.style_moments(to_tensor(style.resize((max(how), max(how)))))
    objective = Objective(
        extractor,
        engine.Options().hyperparameters,
        content=original,
        target=target,
        style_weight_factors=torch.ones(1),
    )
    found, compared = (features.extract(each, LAYERS) for each in (image, original))
    return reached(float(moved_by(found, compared)), float(objective.style_left(found, compared)), 50)


def test_very_different_pictures_move_as_far_as_their_strength_says(
    text: Image.Image, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    """One style weight for all moves letters much further than a face."""
    reaches = {}
    for corrected in (False, True):
        chosen = options(50, corrected=corrected)
        pairs = [(text, glass), (cat, glass)]
        results = [engine.stylize(content, [style], chosen, model=model) for content, style in pairs]
        reaches[corrected] = [reach(*pair, result, model) for pair, result in zip(pairs, results, strict=True)]
        corrections = [result.report.correction for result in results]
        assert corrections[0] < 0.9 and corrections[1] > 1.1 if corrected else corrections == [1, 1]
    assert reaches[True] == pytest.approx([moved(50)] * 2, rel=0.1)
    assert np.ptp(reaches[True]) < np.ptp(reaches[False]) / 2


def test_from_80_on_what_has_moved_too_far_is_weakened_and_nothing_else_is(
    text: Image.Image, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    """Letters stay letters."""
    lost, kept = (
        engine.stylize(text, [glass], options(80, corrected=corrected), model=model) for corrected in (False, True)
    )
    assert kept.report.correction < 0.5 and reach(text, glass, kept, model) < reach(text, glass, lost, model)
    assert engine.stylize(cat, [glass], options(80), model=model).report.correction == 1


def test_each_picture_of_a_batch_is_corrected_by_itself(
    text: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    """As if it were alone; what shall stay the content is not corrected."""
    choices = [options(50), options(30), options(0)]
    requests = [engine.Request(text, [glass], choice) for choice in choices]
    together = [result.report.correction for result in engine.stylize_batch(requests, model=model)]
    alone = engine.stylize(text, [glass], choices[0], model=model).report.correction
    assert together[0] == pytest.approx(alone, rel=0.05) and alone != together[1] < 0.9
    assert together[2] == 1


@pytest.mark.parametrize(("strength", "blended"), [(80, False), (60, True)])
def test_from_80_on_nothing_is_blended_with_the_photograph(
    text: Image.Image, glass: Image.Image, strength: float, blended: bool
) -> None:
    canvas = Canvas(text, [Style(image=glass, mask=None, weight=1.0)], options(strength))
    canvas.correct_force(1.4, 1e-6)
    assert canvas.force < BLEND_BELOW and (canvas.opacity < 1) == blended


def test_what_begins_with_noise_is_not_corrected(text: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """Nor is it in a batch with others that are."""
    requests = [engine.Request(text, [glass], options(50, init=init)) for init in ("noise", "content")]
    noise, content = engine.stylize_batch(requests, model=model)
    assert noise.report.correction == 1 != content.report.correction


def test_runs_that_look_at_none_of_the_layers_are_not_corrected(
    cat: Image.Image, glass: Image.Image, model: engine.Model, random_state: dict[str, Tensor], tmp_path: Path
) -> None:
    """Weights may end before these layers, and experiments may look at others."""
    shallow = {}
    for name, kept in (("first", ("features.0.",)), ("two", ("features.0.", "features.2."))):
        file = tmp_path / f"{name}.safetensors"
        save_file({key: value for key, value in random_state.items() if key.startswith(kept)}, file)
        shallow[name] = engine.load_model(str(file), "cpu")
    how = options(50).hyperparameters
    others = replace(options(50), custom=replace(how, style_layers=(("conv1_1", 1.0), ("conv2_1", 1.0))))
    for chosen, weights in ((options(50), shallow["first"]), (others, model)):
        assert engine.stylize(cat, [glass], chosen, model=weights).report.correction == 1
    assert engine.stylize(cat, [glass], options(50), model=shallow["two"]).report.correction != 1


def test_a_picture_that_goes_on_is_corrected_too(text: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """Stronger is stronger and Softer is softer, from the same picture, and both where their strengths say."""
    first = engine.stylize(text, [glass], options(60), model=model)
    for strength in (40, 70):
        again = engine.stylize(text, [glass], options(strength), model=model, start=first.image)
        assert reach(text, glass, again, model) == pytest.approx(moved(strength), rel=0.15)


def test_only_what_is_painted_counts(text: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """The same half is painted as strongly whether or not the other half stays a photograph."""
    half = Image.new("L", text.size)
    half.paste(255, (0, 0, 48, 64))
    result = engine.stylize(text, [glass], options(50), model=model, masks=[half])
    width, height = result.image.size
    assert reach(text, glass, result, model, (0, 0, width // 2, height)) == pytest.approx(moved(50), rel=0.2)


def test_distance_is_where_things_are_and_not_how_bright_they_are() -> None:
    one, other = torch.rand(2, 2, 20, 9, 7, generator=torch.Generator().manual_seed(1))
    assert moved_by({"relu1_2": 3 * one + 5}, {"relu1_2": one}).tolist() == pytest.approx([0, 0], abs=1e-5)
    assert moved_by({"relu1_2": one}, {"relu1_2": other}).tolist() == pytest.approx([2**0.5] * 2, abs=0.1)
    half, coverage = torch.cat([one[..., :4], other[..., 4:]], 3), torch.zeros(2, 1, 9, 7)
    coverage[..., :4] = 1
    assert moved_by({"relu1_2": half}, {"relu1_2": one}, coverage).tolist() == pytest.approx([0, 0], abs=1e-5)


@pytest.mark.parametrize("strength", [5, 30, 50, 70])
def test_a_force_is_corrected_towards_its_strength_and_within_limits(strength: float) -> None:
    asked, far = force(strength), moved(strength)
    assert corrected_force([(asked, far)], strength) == pytest.approx(asked)
    assert corrected_force([(asked, 1.1 * far)], strength) < asked
    assert corrected_force([(asked, 0.9 * far)], strength) > asked
    for found, factor, most in ((0.0, 3, MOST_RAISED), (2.0, 1 / 3, MOST_LOWERED)):
        limit = corrected_force([(asked, found)], strength)
        assert abs(limit - asked) <= most and min(1, factor) * asked <= limit <= max(1, factor) * asked
        assert limit <= force(NEARLY_ALL_STYLE)


@pytest.mark.parametrize("strength", [80, 90])
def test_from_80_on_a_force_is_only_lowered(strength: float) -> None:
    asked, far = force(strength), moved(strength)
    assert corrected_force([(asked, 0.5 * far)], strength) == corrected_force([(asked, far)], strength) == asked
    assert asked - MOST_LOWERED <= corrected_force([(asked, far + 0.1)], strength) < asked
    assert corrected_force([(asked, 0.9), (asked, far + 0.1)], strength) < asked


@pytest.mark.parametrize("strength", MOVED)
def test_the_usual_style_and_the_usual_distance_are_the_strength(strength: int) -> None:
    far, left = MOVED[strength], STYLE_LEFT[strength]
    assert reached(far, left, strength) == pytest.approx(far)
    less, more = (reached(far, min(1, left * factor), strength) for factor in (3, 1 / 3))
    assert less <= far <= more and reached(far + 0.1, left, strength) > far


def test_what_lacks_the_style_has_not_moved_however_far_from_its_content() -> None:
    """A blurred clock like leaded glass: strokes of no style at all move it."""
    far, left = moved(80), STYLE_LEFT[80]
    assert reached(1.2, 3.9 * left, 80) > far > reached(1.2, 4.1 * left, 80)
    assert reached(0.1, 4.1 * left, 80) == 0.1


def test_between_a_force_too_weak_and_one_too_strong_lies_the_next() -> None:
    """Some styles come all at once: the slope of the average pair would go from one side to the other and back."""
    far = moved(50)
    for tried in ([(20, far - 0.3), (26, far + 0.1)], [(26, far + 0.1), (20, far - 0.3)]):
        assert corrected_force(tried, 50) == pytest.approx(24.5)


def test_corrections_take_no_iterations_and_short_runs_have_none() -> None:
    schedule = [((96, 64), 40), ((192, 128), 35)]
    found = list(passes(schedule, correct=True))
    assert found == [((96, 64), 15, True), ((96, 64), 15, True), ((96, 64), 10, False), ((192, 128), 35, False)]
    uncorrected = [(*scale, False) for scale in schedule]
    assert list(passes(schedule, correct=False)) == uncorrected
    assert list(passes([((96, 64), 20)], correct=True)) == [((96, 64), 20, False)]

"""Strength: the scale, and what a run makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from torch import Tensor

import engine
from engine.images.tensors import to_tensor
from engine.optimize.distance import LAYERS, passes
from engine.optimize.distance import moved as moved_by
from engine.optimize.strength import (
    MOST_CORRECTED,
    NEARLY_ALL_STYLE,
    corrected_force,
    force,
    moved,
    opacity,
    recolored_share,
    style_weight_factor,
)
from tests.support.quick_runs import painted, pixels


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
    """Black letters on white, which any style moves far."""
    return Image.fromarray(skimage.data.text()).convert("RGB").resize((96, 64))


def options(strength: float, *, corrected: bool = True, **choice: object) -> engine.Options:
    """Forty iterations at 64 px, with or without correction."""
    made = engine.preset("sketch", **{"size": 64, "strength": strength, **choice})
    return replace(made, custom=replace(made.hyperparameters, corrected=corrected))


def distance(content: Image.Image, result: engine.Result, model: engine.Model, coverage: Tensor | None = None) -> float:
    """How far a picture has moved from its content."""
    features = model.features(exact=False, dtype=torch.float32, pooling="max")
    pictures = (result.image, content.resize(result.image.size, Image.Resampling.BICUBIC))
    found, original = (features.extract(to_tensor(picture), LAYERS) for picture in pictures)
    return float(moved_by(found, original, coverage))


def test_very_different_pictures_move_as_far_as_their_strength_says(
    text: Image.Image, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    """One style weight for all moves letters much further than leaded glass."""
    distances = {}
    for corrected in (False, True):
        chosen = options(50, corrected=corrected)
        results = [
            engine.stylize(text, [glass], chosen, model=model),
            engine.stylize(glass, [cat], chosen, model=model),
        ]
        distances[corrected] = [distance(text, results[0], model), distance(glass, results[1], model)]
        corrections = [result.report.correction for result in results]
        assert corrections[0] < 0.8 and corrections[1] > 1.2 if corrected else corrections == [1, 1]
    assert distances[True] == pytest.approx([moved(50)] * 2, rel=0.1)
    assert np.ptp(distances[True]) < np.ptp(distances[False]) / 2


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


@pytest.mark.parametrize("chosen", [options(50, init="noise"), options(80), options(100)], ids=["noise", "80", "100"])
def test_some_are_not_corrected(
    text: Image.Image, glass: Image.Image, model: engine.Model, chosen: engine.Options
) -> None:
    """What begins with noise, and what is nearly all style; nor can they be painted with others that are."""
    assert engine.stylize(text, [glass], chosen, model=model).report.correction == 1
    with pytest.raises(engine.OptionsError, match="corrected"):
        engine.stylize_batch([engine.Request(text, [glass], each) for each in (chosen, options(50))], model=model)


def test_a_picture_that_goes_on_is_corrected_too(text: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """Stronger is stronger and Softer is softer, from the same picture, and both where their strengths say."""
    first = engine.stylize(text, [glass], options(60), model=model)
    for strength in (40, 70):
        again = engine.stylize(text, [glass], options(strength), model=model, start=first.image)
        assert distance(text, again, model) == pytest.approx(moved(strength), rel=0.15)


def test_only_what_is_painted_counts(text: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """The same half is painted as strongly whether or not the other half stays a photograph."""
    half = Image.new("L", text.size)
    half.paste(255, (0, 0, 48, 64))
    result = engine.stylize(text, [glass], options(50), model=model, masks=[half])
    coverage = torch.zeros(1, 1, *result.image.size[::-1])
    coverage[..., :32] = 1
    assert distance(text, result, model, coverage) == pytest.approx(moved(50), rel=0.15)


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
    for found, factor, way in ((0.0, 3, 1), (2.0, 1 / 3, -1)):
        limit = corrected_force([(asked, found)], strength)
        assert abs(limit - asked) <= MOST_CORRECTED and way * limit <= way * factor * asked
        assert limit <= force(NEARLY_ALL_STYLE)


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

"""Options accept what is sensible and say what is wrong with the rest."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import engine
from engine.options import HYPERPARAMETERS, aspect_ratio


def test_every_preset_has_its_name_and_can_be_had_by_it() -> None:
    assert list(engine.PRESETS) == ["paper", "sketch", "standard", "fine"]
    for name, options in engine.PRESETS.items():
        assert options.preset == name
        assert engine.preset(name) == options


def test_an_override_of_none_keeps_the_presets_value() -> None:
    options = engine.preset("sketch", size=None, strength=80)
    assert (options.longest_edge, options.strength) == (engine.PRESETS["sketch"].longest_edge, 80)


def test_options_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        engine.Options().strength = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    "wrong",
    [
        {"preset": "quick"},
        {"size": 15},
        {"size": 4097},
        {"size": 64.5},
        {"size": True},
        {"strength": -1},
        {"strength": 101},
        {"strength": float("nan")},
        {"strength": "50"},
        {"style_scale": 0.2},
        {"style_scale": 4.5},
        {"style_scale": True},
        {"style_scale": float("nan")},
        {"colors": "mine"},
        {"init": "picture"},
        {"enlarge": "magic"},
        {"rotate": 361},
        {"rotate": "left"},
        {"mirror": 1},
        {"crop": "middle"},
        {"crop": "4:0"},
        {"crop": "11:1"},
        {"crop": 1.5},
        {"extend": "thirds"},
        {"extend": "1:2:3"},
        {"extend": ""},
        {"denoise_content": "blur"},
        {"denoise_output": True},
        {"seed": -1},
        {"seed": 1.5},
        {"style_weights": (0.0, 0.0)},
        {"style_weights": (-1.0, 2.0)},
        {"style_weights": (float("inf"),)},
        {"iterations": 0},
        {"iterations": 2.0},
        {"custom": "sketch"},
    ],
)
def test_a_wrong_value_is_refused_by_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(engine.OptionsError) as caught:
        engine.Options(**wrong)
    assert next(iter(wrong)) in str(caught.value).lower()


def test_an_unknown_option_or_preset_is_refused_helpfully() -> None:
    with pytest.raises(engine.OptionsError, match=r"no option speed.*strength"):
        engine.preset("sketch", speed=3)
    with pytest.raises(engine.OptionsError, match="paper, sketch, standard, fine"):
        engine.preset("quick")


def test_custom_hyperparameters_replace_the_presets() -> None:
    hyperparameters = dataclasses.replace(HYPERPARAMETERS["sketch"], size=200)
    options = engine.preset("sketch", custom=hyperparameters)
    assert (options.hyperparameters, options.longest_edge) == (hyperparameters, 200)


@pytest.mark.parametrize(("text", "ratio"), [("4:5", 0.8), ("16:9", 16 / 9), ("1:10", 0.1), ("2.35:1", 2.35)])
def test_an_aspect_ratio_is_width_by_height(text: str, ratio: float) -> None:
    assert aspect_ratio(text) == pytest.approx(ratio)


def test_a_filter_enlarges_after_painting() -> None:
    """The largest scale that is painted is the output's, or half of it where a filter doubles it."""
    assert engine.preset("sketch", size=200, upscale=2).painted_edge == 400
    assert engine.preset("sketch", size=200, upscale=2, enlarge="lanczos").painted_edge == 200


def test_a_picture_that_would_be_too_large_is_refused() -> None:
    with pytest.raises(engine.OptionsError, match="4096 pixels at most, not 8192"):
        engine.preset("sketch", size=2048, upscale=4)
    with pytest.raises(engine.OptionsError, match="Upscale must be 1 or 2 or 4, not 3"):
        engine.preset("sketch", upscale=3)

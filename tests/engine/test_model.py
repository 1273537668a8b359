"""The model: its layers, its device and its cache."""

from __future__ import annotations

import pytest
from PIL import Image

import engine


def test_a_model_is_cut_at_the_deepest_layer_asked_for(model: engine.Model) -> None:
    assert engine.load_model("builtin", "cpu", layers=["relu1_1", "conv2_1"]).layers[-1] == "relu2_1"
    with pytest.raises(engine.WeightsError, match="do not reach"):
        engine.load_model("builtin", "cpu", layers=["relu5_1"])
    with pytest.raises(engine.WeightsError, match="no layer relu9_9"):
        engine.load_model("builtin", "cpu", layers=["relu9_9"])


def test_a_device_that_is_not_there_is_said() -> None:
    with pytest.raises(engine.EngineError, match="no device toaster"):
        engine.load_model("builtin", "toaster")


def test_the_statistics_of_a_known_style_are_not_measured_again(
    pair: tuple[Image.Image, Image.Image], model: engine.Model, style_sizes: list[tuple[int, int]]
) -> None:
    """Styles are compared by their pixels, not by identity."""
    options = engine.preset("sketch", size=64, iterations=2)
    first = engine.stylize(pair[0], [pair[1]], options, model=model)
    again = engine.stylize(pair[0], [pair[1].copy()], options, model=model)
    assert style_sizes == [(64, 64)] and first.image.tobytes() == again.image.tobytes()
    engine.stylize(pair[0], [pair[1].rotate(90)], options, model=model)
    assert len(style_sizes) == 2
    model.forget()
    engine.stylize(pair[0], [pair[1]], options, model=model)
    assert len(style_sizes) == 3

"""A run returns its best picture, whatever becomes of the loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from torch import Tensor

import engine
from engine.optimize.objective import Objective
from engine.options import HYPERPARAMETERS
from tests.support.quick_runs import pixels


class Spoilt:
    """Multiplies the loss and gradient of an objective by a factor after some evaluations."""

    def __init__(self, good: int, factor: float) -> None:
        self.calls, self.good, self.factor = 0, good, factor
        self.call = Objective.__call__

    def __get__(self, objective: Objective, _: object = None) -> object:
        def evaluate(image: Tensor) -> tuple[Tensor, Tensor]:
            self.calls += 1
            loss, gradient = self.call(objective, image)
            return (loss, gradient) if self.calls <= self.good else (loss * self.factor, gradient * self.factor)

        return evaluate


@pytest.mark.parametrize("preset", ["sketch", "paper"])
@pytest.mark.parametrize("factor", [float("nan"), float("inf"), 1e6])
def test_a_run_that_goes_bad_returns_its_best_picture_and_says_so(
    preset: str,
    factor: float,
    pair: tuple[Image.Image, Image.Image],
    model: engine.Model,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All evaluated pictures are collected; the one that is returned had the lowest loss."""
    options = engine.preset(preset, size=32, iterations=20)
    good = 8
    images: list[tuple[float, Image.Image]] = []
    monkeypatch.setattr(Objective, "__call__", Spoilt(good, factor))
    result = engine.stylize(
        pair[0],
        [pair[1]],
        options,
        model=model,
        on_progress=lambda progress: images.append((progress.loss, progress.preview())),
    )
    best = min(images[:good], key=lambda seen: seen[0])[1]
    assert any("best iterate" in note for note in result.report.notes)
    assert result.image.tobytes() == best.tobytes()
    assert not result.report.stopped


def test_a_larger_scale_begins_with_all_detail_of_the_content(cat: Image.Image, model: engine.Model) -> None:
    """In its own style a picture stays as it is but for rounding, though the first scale has half of its size."""
    one_evaluation = replace(HYPERPARAMETERS["sketch"], size=96, iterations=(1, 1))
    result = engine.stylize(cat, [cat], engine.preset("sketch", custom=one_evaluation), model=model)
    assert result.report.scales == ((48, 32), (96, 64))
    assert np.abs(pixels(result.image) - pixels(cat)).max() < 12

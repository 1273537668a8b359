"""Evaluations that are recorded as CUDA graphs."""

from __future__ import annotations

import pytest
import torch
from PIL import Image
from torch import Tensor

import engine
from engine.optimize import run
from engine.optimize.graphs import MOST_PIXELS, RecordedObjective, recorded
from engine.optimize.optimizers import LossAndGradient
from tests.support.quick_runs import pixels


def halves(image: Tensor) -> tuple[Tensor, Tensor]:
    """Half of the sum of squares, and its gradient."""
    return image.square().sum((1, 2, 3)) / 2, image


class OnCard(torch.Tensor):
    """A tensor that says that it is on a CUDA device."""

    is_cuda = True


@pytest.mark.parametrize(
    ("edge", "tiled", "statistic", "expected"),
    [
        (64, False, "gram", True),
        (64, True, "gram", False),
        (64, False, "wasserstein", False),
        (1 + int(MOST_PIXELS**0.5), False, "gram", False),
    ],
)
def test_small_evaluations_without_waiting_are_recorded(edge: int, tiled: bool, statistic: str, expected: bool) -> None:
    pictures = torch.empty(1, 3, edge, edge)
    on_card = pictures.as_subclass(OnCard)
    found = recorded(halves, on_card, tiled=tiled, statistic=statistic)
    assert isinstance(found, RecordedObjective) == expected
    assert recorded(halves, pictures, tiled=tiled, statistic=statistic) is halves  # on the CPU never


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_graph_gives_what_the_objective_gives(
    cat: Image.Image, glass: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the last bit, so that a run with graphs paints the same picture."""
    model, options = engine.load_model("builtin", "cuda"), engine.preset("sketch", size=64, iterations=12)
    with_graphs = engine.stylize(cat, [glass], options, model=model).image

    def plain(objective: LossAndGradient, images: Tensor, *, tiled: bool, statistic: str) -> LossAndGradient:
        return objective

    monkeypatch.setattr(run, "recorded", plain)
    assert (pixels(engine.stylize(cat, [glass], options, model=model).image) == pixels(with_graphs)).all()

"""The schedule: sizes and iterations of the scales."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import engine
from engine.optimize.schedule import make_schedule
from engine.options import HYPERPARAMETERS

SMALL = replace(HYPERPARAMETERS["sketch"], size=96, iterations=(4, 4), upscale_iterations=8)


@pytest.mark.parametrize("size", [16, 100, 384, 512, 1024, 4096])
@pytest.mark.parametrize("preset", ["sketch", "standard", "fine"])
def test_scales_double_from_the_presets_coarsest(preset: str, size: int) -> None:
    """A larger picture begins with the same coarsest scale: it gets more scales, and strokes of the same size."""
    schedule = make_schedule((300, 200), engine.preset(preset, size=size))
    edges = [max(scale) for scale, _ in schedule]
    assert edges[-1] == size
    assert all(abs(fine - 2 * coarse) <= 1 for coarse, fine in pairwise(edges))
    assert edges[0] <= 200
    total = engine.preset(preset, size=size, iterations=50)
    assert sum(steps for _, steps in make_schedule((300, 200), total)) == 50


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
    """The first scale is the one nearest to the start: the limit between two scales is their geometric mean."""
    options = engine.preset("sketch", size=384)
    schedule = make_schedule((300, 200), options, (start, start * 2 // 3))
    assert schedule == make_schedule((300, 200), options)[-len(edges) :]
    assert [max(size) for size, _ in schedule] == edges
    total = engine.preset("sketch", size=384, iterations=30)
    assert sum(steps for _, steps in make_schedule((300, 200), total, (start, start))) == 30


@pytest.mark.parametrize(("upscale", "edges"), [(1, [48, 96]), (2, [48, 96, 192]), (4, [48, 96, 192, 384])])
def test_upscale_adds_a_short_pass_at_each_doubling(upscale: int, edges: list[int]) -> None:
    options = engine.preset("sketch", size=96, upscale=upscale, custom=SMALL)
    schedule = make_schedule((300, 200), options)
    assert [max(size) for size, _ in schedule] == edges
    assert [steps for _, steps in schedule] == [4, 4, *[SMALL.upscale_iterations] * (len(edges) - 2)]


def test_an_upscaled_picture_is_larger_and_sharper_than_a_resized_one(
    pair: tuple[Image.Image, Image.Image], model: engine.Model
) -> None:
    """The iterations after the doubling add detail that resizing cannot add."""
    plain, large = (
        engine.stylize(pair[0], [pair[1]], engine.preset("sketch", size=96, upscale=upscale, custom=SMALL), model=model)
        for upscale in (1, 2)
    )
    assert large.image.size == (192, 128)
    resized = plain.image.resize(large.image.size, Image.Resampling.BICUBIC)
    detail = [np.abs(np.diff(np.asarray(each, dtype=float), 2, axis=1)).mean() for each in (resized, large.image)]
    assert detail[1] > detail[0] * 1.2

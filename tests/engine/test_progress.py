"""Progress of a run, and stopping it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PIL import Image

import engine

QUICK = engine.preset("sketch", size=64, iterations=9)


def test_progress_rises_to_one_and_shows_the_picture(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    seen: list[engine.Progress] = []
    engine.stylize(cat, [glass], QUICK, model=model, on_progress=seen.append)
    assert [progress.iteration for progress in seen] == list(range(1, 10))
    assert {progress.iterations for progress in seen} == {9}
    assert all(before.fraction < after.fraction for before, after in pairwise(seen))
    assert seen[-1].fraction == pytest.approx(1)
    assert seen[0].seconds_left is None and seen[-1].seconds_left == pytest.approx(0, abs=1e-6)
    assert seen[-1].preview().size == seen[-1].size == (64, 43)


def test_should_stop_ends_the_run_at_once_with_a_picture_of_full_size(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    seen: list[int] = []
    result = engine.stylize(
        cat,
        [glass],
        engine.preset("sketch", size=128),
        model=model,
        on_progress=lambda progress: seen.append(progress.iteration),
        should_stop=lambda: len(seen) >= 3,
    )
    assert result.report.stopped and result.report.iterations == 3
    assert result.image.size == (128, 85)


def test_paper_can_be_stopped_too(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    result = engine.stylize(cat, [glass], engine.preset("paper", size=32), model=model, should_stop=lambda: True)
    assert result.report.stopped and result.report.iterations == 1

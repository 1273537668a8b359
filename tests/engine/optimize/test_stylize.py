"""What a run promises: any size, progress, stopping, the best picture, the same picture again."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

import engine
from engine.optimize.objective import Objective
from engine.optimize.schedule import plan_scales

QUICK = engine.preset("sketch", size=64, iterations=9)


def pixels(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(image, dtype=np.float64)


def test_a_run_moves_the_picture_towards_the_style(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """The style losses of the output are well below those of the content."""
    options = engine.preset("sketch", size=96, iterations=40)
    report = engine.stylize(cat, [glass], options, model=model).report
    untouched = engine.stylize(cat, [glass], engine.preset("sketch", size=96, iterations=1), model=model).report
    painted, before = (sum(v for k, v in r.losses.items() if k.startswith("style")) for r in (report, untouched))
    assert painted < before / 2


def test_the_report_says_what_was_done(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    result = engine.stylize(cat, [glass], QUICK, model=model)
    report = json.loads(json.dumps(result.report.to_dict()))
    assert report["preset"] == "sketch" and report["weights"] == "builtin" and report["device"] == "cpu"
    assert report["size"] == [64, 43] and result.image.size == (64, 43) and result.image.mode == "RGB"
    assert report["iterations"] == 9 and not report["stopped"] and report["seconds"] > 0
    assert any("relu4_1" in note and "missing" in note for note in report["notes"])
    assert {"style relu1_1", "tv"} < report["losses"].keys()


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


@pytest.mark.parametrize("preset", ["sketch", "paper"])
def test_the_same_seed_gives_the_same_picture(
    preset: str, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    options = engine.preset(preset, size=32, iterations=6, seed=7)
    first, second = (engine.stylize(cat, [glass], options, model=model).image for _ in range(2))
    assert first.tobytes() == second.tobytes()


class Spoilt:
    """Turns an objective's loss bad after some evaluations."""

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
    """Each evaluated picture is remembered; the one returned had the lowest loss of all."""
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


@settings(max_examples=12, deadline=None)
@given(width=st.integers(1, 200), height=st.integers(1, 200), size=st.integers(16, 80))
@example(width=200, height=10, size=64)
@example(width=10, height=200, size=64)
@example(width=2000, height=1, size=33)
@example(width=1, height=1, size=16)
def test_any_size_and_aspect_ratio_works(
    model: engine.Model, glass: Image.Image, width: int, height: int, size: int
) -> None:
    """The output has the longest edge asked for, and the content's aspect ratio to the pixel."""
    content = Image.effect_noise((width, height), 80).convert("RGB")
    result = engine.stylize(content, [glass], engine.preset("sketch", size=size, iterations=3), model=model)
    scale = size / max(width, height)
    assert result.image.size == (max(1, round(width * scale)), max(1, round(height * scale)))
    assert all(np.isfinite(value) for value in result.report.losses.values())


@pytest.mark.parametrize("size", [16, 100, 384, 512, 1024, 4096])
@pytest.mark.parametrize("preset", ["sketch", "standard", "fine"])
def test_scales_double_from_the_recipes_coarsest(preset: str, size: int) -> None:
    """A bigger picture begins as coarse as a small one: it gets more scales, not finer strokes."""
    plan = plan_scales((300, 200), engine.preset(preset, size=size))
    edges = [max(scale) for scale, _ in plan]
    assert edges[-1] == size
    assert all(abs(fine - 2 * coarse) <= 1 for coarse, fine in pairwise(edges))
    assert edges[0] <= 200
    total = engine.preset(preset, size=size, iterations=50)
    assert sum(steps for _, steps in plan_scales((300, 200), total)) == 50


def painted(content: Image.Image, styles: Sequence[Image.Image], model: engine.Model, **choice: object) -> Image.Image:
    options = engine.preset("sketch", **{"size": 64, "iterations": 30, **choice})
    return engine.stylize(content, styles, options, model=model).image


def test_strength_is_monotonic_and_zero_is_nearly_the_content(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    images = [painted(cat, [glass], model, strength=strength) for strength in (0, 25, 50, 75, 90, 100)]
    original = pixels(cat.resize(images[0].size, Image.Resampling.BICUBIC))
    distances = [np.abs(pixels(image) - original).mean() for image in images]
    assert distances == sorted(distances)
    assert distances[0] < 12 < 2 * distances[0] + distances[-1]


def test_content_colours_are_kept(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """The chrominance of the output is the content's, but for what clipping takes."""
    image = painted(cat, [glass], model, colors="content").convert("YCbCr")
    original = cat.resize(image.size, Image.Resampling.BICUBIC).convert("YCbCr")
    difference = np.abs(pixels(image) - pixels(original)).mean((0, 1))
    assert difference[1] < 4 and difference[2] < 4
    assert difference[0] > 5


def test_matched_colours_are_the_contents_palette(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    """Mean and spread of each channel, though the pixels are not the content's."""
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


def test_flat_pictures_end_in_numbers(model: engine.Model) -> None:
    """No contrast, no colour, the same picture as its own style."""
    for color in ("black", "white", "#808080"):
        flat = Image.new("RGB", (40, 30), color)
        for colors in ("style", "content", "match"):
            image = painted(flat, [flat], model, iterations=4, colors=colors)
            assert np.abs(pixels(image) - pixels(flat.resize(image.size))).max() < 60


def test_pictures_may_be_paths_bytes_or_pil(
    cat: Image.Image, glass: Image.Image, model: engine.Model, tmp_path: Path
) -> None:
    cat.save(tmp_path / "cat.png")
    file = io.BytesIO()
    glass.save(file, "PNG")
    from_files = engine.stylize(tmp_path / "cat.png", [file.getvalue()], QUICK, model=model)
    assert from_files.image.tobytes() == engine.stylize(cat, [glass], QUICK, model=model).image.tobytes()


def test_styles_that_do_not_fit_are_refused(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    with pytest.raises(engine.OptionsError, match="one style picture or more"):
        engine.stylize(cat, [], QUICK, model=model)
    with pytest.raises(engine.OptionsError, match="one style picture or more"):
        engine.stylize(cat, glass, QUICK, model=model)  # type: ignore[arg-type]
    with pytest.raises(engine.OptionsError, match="one style weight for each of the 1 styles"):
        engine.stylize(cat, [glass], engine.preset("sketch", style_weights=(1.0, 2.0)), model=model)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_cuda_paints_the_same_as_the_cpu_to_a_tolerance(cat: Image.Image, glass: Image.Image) -> None:
    options = engine.preset("sketch", size=96, iterations=40)
    images = [
        engine.stylize(cat, [glass], options, model=engine.load_model("builtin", d)).image for d in ("cpu", "cuda")
    ]
    assert np.abs(pixels(images[0]) - pixels(images[1])).mean() < 8

"""Presets, ablations, grids and combinations: each is what its name says, compared with the engine's own functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

import engine
from engine.combine import composition
from engine.combine.denoise import non_local_means, wavelet
from engine.combine.enlarge import back_projection, lanczos
from engine.options import HYPERPARAMETERS, Options
from engine.study.methods import GRIDS, METHODS, grid
from engine.study.records import Method
from tests.support.painting import work_of

SIZE = 32
QUICK = replace(HYPERPARAMETERS["sketch"], iterations=(2,))
SKETCH = HYPERPARAMETERS["sketch"]
Pair = tuple[Image.Image, Image.Image]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The options of each picture that the engine paints, with two iterations in place of a hundred."""
    options: list[Options] = []
    inner = engine.stylize

    def quick(content: Any, styles: Any, chosen: Options, **more: Any) -> engine.Result:
        options.append(chosen)
        return inner(content, styles, replace(chosen, iterations=2), **more)

    monkeypatch.setattr(engine, "stylize", quick)
    return options


def painted(method: Method, pair: Pair, model: engine.Model) -> Image.Image:
    return method.paint(*pair, work_of(SIZE, model, seed=3))


def sketched(pair: Pair, model: engine.Model, **options: Any) -> Image.Image:
    """What `sketch` paints in two iterations."""
    chosen = engine.preset("sketch", **{"size": SIZE, "seed": 3, "iterations": 2, **options})
    return engine.stylize(pair[0], [pair[1]], chosen, model=model).image


@pytest.mark.parametrize("name", ["paper", "sketch", "standard"])
def test_a_preset_is_that_of_the_command_line(name: str, pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    made = painted(METHODS[name], pair, model)
    assert asked == [engine.preset(name, size=SIZE, seed=3)]
    assert made.size == ((SIZE, SIZE) if name == "paper" else (SIZE, 21))


def test_fine_is_painted_at_twice_the_size(pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    assert painted(METHODS["fine"], pair, model).size == (SIZE, 21)
    assert asked == [engine.preset("fine", size=2 * SIZE, seed=3)]


def test_the_losses_are_told(pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    work = work_of(SIZE, model)
    METHODS["sketch"].paint(*pair, work)
    assert len(work.losses) == 2
    assert work.losses[1] < work.losses[0]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("before-relu", {"style_layers", "content_layers"}),
        ("average-pooling", {"pooling"}),
        ("one-scale", {"size", "iterations"}),
        ("adam", {"optimizer"}),
        ("wasserstein", {"statistic"}),
        ("content-relu2_1", {"content_layers"}),
    ],
)
def test_an_ablation_differs_by_one_thing(
    name: str, changed: set[str], pair: Pair, model: engine.Model, asked: list[Options]
) -> None:
    """And what it paints is another picture."""
    made = painted(METHODS[name], pair, model)
    [options] = asked
    assert replace(options, custom=None) == engine.preset("sketch", size=SIZE, seed=3)
    found = options.hyperparameters
    assert {field for field in vars(SKETCH) if getattr(found, field) != getattr(SKETCH, field)} == changed
    if name != "one-scale":  # at 32 pixels sketch has one scale as well
        assert made.tobytes() != painted(METHODS["sketch"], pair, model).tobytes()


def test_from_noise_another_seed_is_another_picture(pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    """Of the neural methods it is the only one: a rerun of the others shows no noise."""
    for name, differs in (("from-noise", True), ("sketch", False)):
        one, other = (METHODS[name].paint(*pair, work_of(SIZE, model, seed=seed)).tobytes() for seed in (1, 2))
        assert (one != other) is differs
    assert [options.init for options in asked] == ["noise", "noise", "content", "content"]


def test_one_scale_has_the_iterations_of_all(pair: Pair, model: engine.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.optimize.schedule import make_schedule

    schedules = []

    def follow(content: Image.Image, _: Any, options: Options, **__: Any) -> engine.Result:
        schedules.append(make_schedule(content.size, options))
        raise InterruptedError

    monkeypatch.setattr(engine, "stylize", follow)
    for name in ("sketch", "one-scale"):
        with pytest.raises(InterruptedError):
            METHODS[name].paint(*pair, work_of(384, model))
    assert [[iterations for _, iterations in schedule] for schedule in schedules] == [[40, 35, 25], [100]]


@pytest.mark.parametrize(
    ("parameter", "value", "changes"),
    [
        ("content_weight", 0.5, {"content_layers": (("relu3_4", 0.5), ("relu2_2", 0.5))}),
        ("style_weight", 15.0, {"style_weight": 15.0}),
        ("ratio", 0.001, {"style_weight": 0.0015}),
        ("tv", 0.0, {"tv_weight": 0.0}),
        ("layers", "relu2_1", {"style_layers": (("relu1_1", 1.0), ("relu1_2", 1.0), ("relu2_1", 1.0))}),
    ],
)
def test_a_grid_changes_one_parameter(
    parameter: str,
    value: float | str,
    changes: dict[str, Any],
    pair: Pair,
    *,
    model: engine.Model,
    asked: list[Options],
) -> None:
    [method] = grid(parameter, [value])
    assert (method.name, method.parameters) == (f"grid-{parameter}", {parameter: value})
    painted(method, pair, model)
    [options] = asked
    assert options.hyperparameters == replace(SKETCH, **changes)


@pytest.mark.parametrize(
    ("parameter", "value", "changes"),
    [("iterations", 30, {"iterations": 30}), ("size", 64, {"size": 64}), ("init", "noise", {"init": "noise"})],
)
def test_a_grid_changes_one_option(
    parameter: str, value: int | str, changes: dict[str, Any], pair: Pair, *, model: engine.Model, asked: list[Options]
) -> None:
    [method] = grid(parameter, [value])
    assert painted(method, pair, model).size == (SIZE, 21)
    assert asked == [engine.preset("sketch", **{"size": SIZE, "seed": 3, **changes})]


def test_the_grids_cover_what_is_asked_for() -> None:
    assert set(GRIDS) == {"content_weight", "style_weight", "ratio", "tv", "iterations", "layers", "size", "init"}
    ratios = [float(method.parameters["ratio"]) for method in grid("ratio")]
    assert ratios == pytest.approx([10.0**n for n in range(-3, 4)])
    with pytest.raises(engine.OptionsError, match=r"no grid of speed; choose one of content_weight"):
        grid("speed")
    with pytest.raises(engine.OptionsError, match="must be one of relu1_1"):
        grid("layers", ["relu9_9"])[0].paint(Image.new("RGB", (9, 9)), Image.new("RGB", (9, 9)), work_of(16))


def test_noise_is_removed_before_or_after(pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    for name in ("nlm", "tv", "wavelet"):
        painted(METHODS[f"denoise-{name}-before"], pair, model)
        painted(METHODS[f"denoise-{name}-after"], pair, model)
        assert [options.denoise_content for options in asked[-2:]] == [name, None]
        assert [options.denoise_output for options in asked[-2:]] == [None, name]
    expected = wavelet(sketched(pair, model))
    assert painted(METHODS["denoise-wavelet-after"], pair, model).tobytes() == expected.tobytes()


@pytest.mark.parametrize("name", ["lanczos", "back-projection", "strokes"])
def test_half_the_size_is_painted_and_doubled(name: str, pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    made = painted(METHODS[f"double-{name}"], pair, model)
    [options] = asked
    assert (options.size, options.upscale, options.enlarge, options.longest_edge) == (SIZE // 2, 2, name, SIZE)
    assert max(made.size) == SIZE
    if name == "lanczos":
        doubled = lanczos(sketched(pair, model, size=SIZE // 2), 2)  # 22 pixels high
        assert made.tobytes() == doubled.resize((SIZE, 21), Image.Resampling.LANCZOS).tobytes()


def test_a_crop_by_thirds_is_painted(pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    made = painted(METHODS["crop-thirds"], pair, model)
    assert [options.crop for options in asked] == ["thirds"]
    assert METHODS["crop-thirds"].composed(pair[0]).tobytes() == composition.crop_by_thirds(pair[0]).tobytes()
    assert METHODS["denoise-tv-before"].composed(pair[0]) is pair[0]
    assert made.tobytes() == sketched((composition.crop_by_thirds(pair[0]), pair[1]), model).tobytes()


def test_an_order_is_followed(pair: Pair, model: engine.Model, asked: list[Options]) -> None:
    content, style = pair
    half = content.resize((16, 11), Image.Resampling.LANCZOS)
    made = painted(METHODS["order-style-denoise-enlarge"], pair, model)
    expected = back_projection(non_local_means(sketched((half, style), model, size=16)), 2)
    assert made.tobytes() == expected.resize((SIZE, 21), Image.Resampling.LANCZOS).tobytes()
    made = painted(METHODS["order-denoise-enlarge-style"], pair, model)
    expected = sketched((back_projection(non_local_means(half), 2), style), model, size=32)
    assert made.tobytes() == expected.resize((SIZE, 21), Image.Resampling.LANCZOS).tobytes()
    assert [name for name in METHODS if name.startswith("order-")] == [
        f"order-{order}"
        for order in (
            "denoise-style-enlarge",
            "denoise-enlarge-style",
            "style-denoise-enlarge",
            "style-enlarge-denoise",
            "enlarge-denoise-style",
            "enlarge-style-denoise",
        )
    ]

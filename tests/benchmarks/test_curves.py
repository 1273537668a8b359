"""The experiment: configurations by name, runs that go on where they ended, means over common pairs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import engine
from benchmarks.curves import app
from benchmarks.curves_configs import read_config
from benchmarks.curves_plot import draw
from benchmarks.curves_results import compare, read
from benchmarks.curves_run import choose_pairs, name_of
from engine.options import HYPERPARAMETERS

NAMES = (
    "sketch:size=64,iterations=(9,5)",
    "paper:optimizer='lbfgs',iterations=(4,)",
    "sketch:size=64,iterations=(9,5),strength=80",
)


def invoke(*arguments: object) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def record(config: str, pair: str, iteration: int, **fields: Any) -> dict[str, Any]:
    common = {"size": 64, "weights": "w", "device": "cpu", "sweep": config, "strength": 50.0, "output": False}
    scores = {"seconds": 1.0, "style": 0.1, "content": 1.0, "grain": 1.0, "ssim": 0.5, "clipped": 0.0}
    return common | scores | {"config": config, "pair": pair, "iteration": iteration} | fields


def test_a_configuration_is_a_preset_with_changes() -> None:
    config = read_config("standard:strength=70,tv_weight=0.1,iterations=(5,6)", 256)
    assert config.sweep == "standard:tv_weight=0.1,iterations=(5, 6)"
    assert (config.options.strength, config.options.size, config.options.hyperparameters.tv_weight) == (70, 256, 0.1)
    assert config.options.hyperparameters.iterations == (5, 6)
    assert config.options.hyperparameters.style_layers == HYPERPARAMETERS["standard"].style_layers
    plain = read_config("sketch", 256)
    assert plain.options == engine.preset("sketch", size=256)
    whole = read_config("paper-whole:strength=60").options
    assert (whole.strength, whole.hyperparameters.square, whole.hyperparameters.optimizer) == (60, False, "published")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("quick", "There is no quick"),
        ("sketch:pace=3", "pace"),
        ("sketch:size", "FIELD=VALUE"),
        ("sketch:a=b", "'a=b'"),
    ],
)
def test_a_wrong_configuration_is_refused(name: str, said: str) -> None:
    with pytest.raises(engine.OptionsError, match=said):
        read_config(name)


def test_the_first_pairs_vary_both_content_and_style(data: Path) -> None:
    assert list(map(name_of, choose_pairs(data, "2"))) == ["cat/glass", "tac/ssalg"]
    assert len(set(choose_pairs(data, "20"))) == 4
    assert list(map(name_of, choose_pairs(data, "tac/glass,cat/glass"))) == ["tac/glass", "cat/glass"]
    with pytest.raises(ValueError, match=r"no pair dog/glass; there are cat/glass, .*tac/ssalg"):
        choose_pairs(data, "dog/glass")


def test_runs_are_scored_on_the_way_and_never_repeated(data: Path, network: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    run = ["--data", data, "--pairs", 2, "--size", 64, "--score-size", 64, "--metric", network, "--out", out]
    assert len(invoke("run", NAMES[0], *run).splitlines()) == 2
    assert len(invoke("run", *NAMES, *run).splitlines()) == 4
    assert invoke("run", *NAMES, *run) == ""
    records = read(out)
    for name, iterations in zip(NAMES, ([4, 8, 13, 14], [4, 4], [4, 8, 13, 14]), strict=True):
        for pair in ("cat/glass", "tac/ssalg"):
            found = [each for each in records if (each["config"], each["pair"]) == (name, pair)]
            assert [each["iteration"] for each in found] == iterations
            assert [each["output"] for each in found] == [False] * (len(found) - 1) + [True]
            assert 0 < found[0]["seconds"] < found[-1]["seconds"]
            assert found[-1]["style"] < 1
    assert [line.split(" | ")[0] for line in invoke("table", out).splitlines()[4:]] == [f"| {name}" for name in NAMES]


def test_means_are_taken_over_the_pairs_that_all_have() -> None:
    records = [
        record("a", "x", 4, style=0.9),
        record("a", "x", 6, output=True, style=0.1, content=1.0, seconds=1.0),
        record("a", "y", 6, output=True, style=0.4, content=2.0, seconds=3.0),
        record("b", "y", 6, output=True),
        record("b", "x", 6, output=True),
        record("a", "z", 6, output=True, style=0.9),
    ]
    found = compare(records)
    assert found.pairs == ("x", "y")
    first = found.curves[0]
    assert [point.iteration for point in first.points] == [6]  # at iteration 4 one pair was not looked at
    assert (first.points[0].style, first.points[0].content) == pytest.approx((0.2, 1.5))
    assert first.points[0].seconds == 2
    assert compare(records, ["a"]).pairs == ("x", "y", "z")


def test_a_plot_shows_each_curve_and_joins_the_strengths(tmp_path: Path) -> None:
    records = [
        record(
            name, "x", iteration, sweep="a", strength=strength, seconds=iteration, output=iteration == 6, style=style
        )
        for name, strength, style in (("a", 50.0, 0.2), ("a:strength=25", 25.0, 0.3), ("a:strength=75", 75.0, 0.1))
        for iteration in (4, 6)
    ]
    over_style, over_content, plane = draw(compare(records)).axes
    assert [np.ravel(line.get_xdata()).tolist() for line in over_style.lines] == [[4, 6], [6]] * 3
    assert len(over_content.lines) == 6
    (joined,) = plane.lines
    assert np.ravel(joined.get_xdata()) == pytest.approx([0.3, 0.2, 0.1])
    assert [text.get_text() for text in plane.texts] == ["25", "50", "75"]
    (tmp_path / "r.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records))
    invoke("plot", tmp_path / "r.jsonl", "-o", tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.width > picture.height > 400


def test_runs_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in size"):
        compare([record("a", "x", 4), record("b", "x", 4, size=96)])
    with pytest.raises(ValueError, match="no pair"):
        compare([record("a", "x", 4, output=True), record("b", "y", 4, output=True)])

"""How long a run will take: evaluations times what one costs, which is measured once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import engine
from engine.optimize import forecast as module


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Longest edges of the measured pictures; each evaluation takes 2 ms and 1 µs a pixel."""
    edges: list[int] = []

    def seconds(_extractor: object, _how: object, size: tuple[int, int]) -> float:
        edges.append(max(size))
        return 0.002 + 1e-6 * size[0] * size[1]

    monkeypatch.setattr(module, "_seconds", seconds)
    return edges


def test_seconds_follow_from_the_evaluations_of_each_scale(tmp_path: Path, measured: list[int]) -> None:
    """A model measures once for all presets of one network, and the next one reads what it found."""
    options = engine.Options(preset="sketch", size=128, iterations=10)
    expected = module.PREPARATION + 10 * (0.002 + 1e-6 * 128 * 96) * module.OVERHEAD["lbfgs"]
    for _ in range(2):
        model = engine.load_model("builtin", "cpu", cache_dir=tmp_path)
        assert engine.forecast(model, options) == pytest.approx(expected)
        assert engine.forecast(model, engine.preset("standard")) > 5 * engine.forecast(model, options)
    assert measured == [*module.EDGES]
    assert engine.forecast(model, options, (1, 1)) > expected
    [known] = json.loads((tmp_path / "speed.json").read_text()).values()
    assert known == pytest.approx([0.002, 1e-6])


@pytest.mark.parametrize("damaged", [[1], [0.1, "x"], [-1.0, 1.0], None])
def test_a_damaged_measurement_is_made_again(damaged: object, tmp_path: Path, measured: list[int]) -> None:
    model = engine.load_model("builtin", "cpu", cache_dir=tmp_path)
    engine.forecast(model, engine.preset("sketch"))
    file = tmp_path / "speed.json"
    file.write_text(json.dumps(dict.fromkeys(json.loads(file.read_text()), damaged)))
    engine.forecast(engine.load_model("builtin", "cpu", cache_dir=tmp_path), engine.preset("sketch"))
    assert len(measured) == 4


def test_evaluations_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EDGES", (16, 32))
    model = engine.load_model("builtin", "cpu", cache_dir=tmp_path)
    assert all(engine.forecast(model, engine.preset(name)) > 0 for name in engine.PRESETS)
    assert len(json.loads((tmp_path / "speed.json").read_text())) == 2  # all but `paper` have one network

"""Which kernels are chosen, and that the choice is remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import engine
from engine.network import kernels
from engine.network.kernels import Kernels, choose_kernels, nnpack_is_available

pytestmark = pytest.mark.skipif(not nnpack_is_available(), reason="this torch has no NNPACK for this processor")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[dict[Kernels, float]]:
    """What measurements will find, in order; the setting is empty."""
    results: list[dict[Kernels, float]] = []
    monkeypatch.delenv(kernels.SETTING)
    monkeypatch.setattr(kernels, "measure", lambda: results.pop(0))
    return results


def test_the_faster_kernels_are_remembered(tmp_path: Path, measured: list[dict[Kernels, float]]) -> None:
    measured.append({"direct": 2.0, "winograd": 1.0})
    assert [choose_kernels(tmp_path / "new") for _ in range(2)] == ["winograd", "winograd"]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["kernels.json"]


@pytest.mark.parametrize("broken", ["", "[1]", "{", '{"another machine": "winograd"}', "\x00"])
def test_a_broken_file_or_another_machine_is_measured(
    broken: str, tmp_path: Path, measured: list[dict[Kernels, float]]
) -> None:
    (tmp_path / "kernels.json").write_text(broken)
    measured.append({"direct": 1.0, "winograd": 2.0})
    assert [choose_kernels(tmp_path) for _ in range(2)] == ["direct", "direct"]
    assert ("another machine" in json.loads((tmp_path / "kernels.json").read_text())) == ("another" in broken)


def test_a_folder_that_cannot_be_made_costs_only_the_memory(
    tmp_path: Path, measured: list[dict[Kernels, float]]
) -> None:
    (tmp_path / "file").touch()
    measured += [{"direct": 2.0, "winograd": 1.0}, {"direct": 1.0, "winograd": 2.0}]
    assert [choose_kernels(tmp_path / "file") for _ in range(2)] == ["winograd", "direct"]


def test_the_setting_decides_and_a_wrong_one_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for named in ("direct", "winograd"):
        monkeypatch.setenv(kernels.SETTING, named)
        assert choose_kernels(tmp_path) == named and not [*tmp_path.iterdir()]
        assert choose_kernels(tmp_path, "direct") == "direct"  # a caller's choice comes first
        assert engine.load_model("builtin", "cpu").features(exact=True).kernels == named
    monkeypatch.setenv(kernels.SETTING, "fast")
    with pytest.raises(engine.EngineError, match="VITRAGE_KERNELS must be auto, direct or winograd here, not 'fast'"):
        choose_kernels(tmp_path)


def test_both_kinds_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "LIMIT_S", 0)
    assert all(0 < seconds < float("inf") for seconds in kernels.measure().values())

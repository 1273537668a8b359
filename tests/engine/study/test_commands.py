"""The study's commands as a shell sees them, where nothing is painted."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from engine.cli import main
from engine.cli.studying import _duration
from engine.drawing.styles import DRAWN
from engine.study.methods import GRIDS, METHODS

Said = Callable[..., tuple[object, str, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """Run the command line in this process; returns exit code, stdout, stderr."""

    def call(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["vitrage-engine", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, *capsys.readouterr()

    return call


def test_all_methods_and_grids_are_listed(said: Said) -> None:
    """With what they do."""
    code, out, _ = said("methods")
    assert code == 0
    assert {*METHODS, *(f"grid-{parameter}" for parameter in GRIDS)} <= set(out.split())


def test_a_gallery_of_styles_is_drawn(said: Said, tmp_path: Path) -> None:
    """At the size and seed that are asked for."""
    assert said("styles", "-o", tmp_path / "gallery", "--size", 32, "--seed", 3)[0] == 0
    assert {path.stem for path in (tmp_path / "gallery").iterdir()} == set(DRAWN)
    with Image.open(tmp_path / "gallery" / "mosaic.png") as image:
        assert image.tobytes() == DRAWN["mosaic"](32, 3).tobytes()


@pytest.mark.parametrize("command", ["study", "methods", "styles"])
def test_help_has_an_example(said: Said, command: str) -> None:
    code, out, _ = said(command, "--help")
    assert code == 0
    assert f"vitrage-engine {command}" in out


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["none.zip", "-o", "study"], 1, "There is no none.zip; give a folder, a zip or a tar archive of pictures."),
        (["empty", "-o", "study"], 1, "There are no pictures in empty, it is empty."),
        (["empty", "-o", "no/study"], 1, "There is no folder no to save study in; make it first."),
        (
            ["-o", "study", "--methods", "sketsch"],
            1,
            "There is no method sketsch; `vitrage-engine methods` lists them.",
        ),
        (["-o", "study", "--other", "builtin"], 1, "The network that only measures must be another one than builtin"),
        (["-o", "study", "--profile", "slow"], 2, "Invalid value for '--profile'"),
        ([], 2, "Missing option '--output'"),
    ],
)
def test_a_wrong_option_is_one_line(said: Said, tmp_path: Path, arguments: list[str], code: int, sentence: str) -> None:
    """And the exit code says whether the command or what it was given is wrong."""
    (tmp_path / "empty").mkdir()
    with contextlib.chdir(tmp_path):
        ended, _, error = said("study", *arguments, *(["--weights", "builtin"] if arguments else []))
    assert ended == code
    assert error.startswith(sentence)
    assert len(error.splitlines()) == 1


def test_the_time_that_is_left_is_told_in_round_figures() -> None:
    """Nobody needs seconds of an hour."""
    assert [_duration(seconds) for seconds in (4.4, 89, 200, 7000, 9000)] == [
        "4 s",
        "89 s",
        "3 min",
        "117 min",
        "2.5 h",
    ]

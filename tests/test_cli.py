"""The `vitrage` command explains itself, and its errors are one line each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from tests.support.program import TOKEN


@pytest.mark.parametrize("command", ["run", "sandbox", "demo", "doctor", "backup", "restore", "move-store"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    """`--help` shows how the command is called, and does not load torch."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", command, "--help"], capture_output=True, text=True, check=True
    )
    assert "Example" in done.stdout
    assert "torch" not in done.stdout


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "VITRAGE_TOKEN is not set"),
        ({"VITRAGE_TOKEN": "hello"}, "VITRAGE_TOKEN is wrong"),
        ({"VITRAGE_TOKEN": TOKEN, "VITRAGE_DATA_DIR": "file"}, "check VITRAGE_DATA_DIR"),
        ({"VITRAGE_TOKEN": TOKEN, "VITRAGE_DATABASE": "sqlite:///file"}, "file"),
    ],
)
def test_an_error_of_the_operator_is_one_line(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    """It says what to do, without a traceback."""
    (tmp_path / "file").write_text("This is neither a folder nor a database. " * 100)
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "run"],
        env=os.environ | settings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("vitrage: ")
    assert says in line


def test_queues_that_do_not_exist_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With those that do."""
    monkeypatch.setattr(sys, "argv", ["vitrage", "worker", "--queues", "paint,large"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == "vitrage: --queues paint,large is wrong: give paint, paint-large, or both with a comma."

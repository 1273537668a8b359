"""Each command in docs/operate.md is run by a test, or it is said here why it cannot be."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
LINES = [line for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]

RUN_BY = {  # by which tests, with the names of the page replaced or others of the same kind
    "vitrage backup": "storage/sqlite/test_backup.py",
    "vitrage restore": "storage/sqlite/test_backup.py",
    "vitrage move-store": "storage/postgres/test_moving.py",
    "pg_dump": "storage/postgres/test_backup.py",
    "createdb": "storage/postgres/test_backup.py",
    "pg_restore": "storage/postgres/test_backup.py",
    "curl": "operate/test_pages.py",
    "vitrage worker": "worker/test_hosts.py",
    "vitrage bot": "e2e/test_standby.py",
}
NOT_RUN = {
    "pip install": "it needs a network; `make setup` does the same from constraints.txt",
    "/opt/vitrage/bin/pip install": "it needs a network, and writes outside of the repository",
    "python3 -m": "it writes outside of the repository",
    "install -D": "it writes outside of the repository; the file is looked for below",
    "install -m": "it writes outside of the repository; the file is looked for below",
    "systemctl enable": "no systemd runs here; tests/test_deploy.py has its tool read the units",
}
ASSIGNMENT = re.compile(r"[A-Z_]+=")


def words(line: str) -> list[str]:
    """Return the words of a command without the settings before it."""
    return [word for word in shlex.split(line) if not ASSIGNMENT.match(word)]


@pytest.mark.parametrize("line", LINES)
def test_a_command_is_run_by_a_test_or_it_is_said_why_not(line: str) -> None:
    """It stands in one of the two tables."""
    program, first, *_ = words(line)
    names = {program, f"{program} {first}"}
    assert len(names & {*RUN_BY, *NOT_RUN}) == 1
    for name in names & set(RUN_BY):
        assert (ROOT / "tests" / RUN_BY[name]).is_file(), RUN_BY[name]


def test_no_table_names_what_the_page_has_not() -> None:
    """What was taken from the page is taken from here."""
    on_page = {name for line in LINES for name in (words(line)[0], " ".join(words(line)[:2]))}
    assert {*RUN_BY, *NOT_RUN} <= on_page


@pytest.mark.parametrize("line", [line for line in LINES if words(line)[0] == "vitrage"])
def test_the_program_understands_its_commands(line: str) -> None:
    """Command, arguments, options and settings exist."""
    settings = {setting.partition("=")[0] for setting in shlex.split(line) if ASSIGNMENT.match(setting)}
    assert settings <= {f"VITRAGE_{name.upper()}" for name in Settings.model_fields}
    group = typer.main.get_command(app)
    _, name, *arguments = words(line)
    command = getattr(group, "commands")[name]  # noqa: B009 - typer hides click's type
    command.make_context(name, arguments)


def test_files_of_the_repository_that_are_named_exist() -> None:
    """Those that commands copy, and those that the text links."""
    named = {word for line in LINES for word in words(line) if word.startswith((".env", "deploy/", "constraints"))}
    named |= set(re.findall(r"\]\(\.\./([\w./]+)", PAGE))
    assert len(named) > 3
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_sentences_that_are_explained_are_those_of_the_program() -> None:
    """Each piece of them stands in its code."""
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "bot").rglob("*.py"))
    table = PAGE.partition("## When things go wrong")[2]
    said = [
        piece
        for row in re.findall(r"^\| ([^|]*`[^|]*) \|", table, re.MULTILINE)
        for piece in re.findall("`([^`]+)`", row)
    ]
    pieces = [piece.strip() for sentence in said for piece in sentence.partition("{")[0].split("…")]
    assert len(pieces) > 8
    assert [piece for piece in pieces if piece.lstrip(": ") not in code] == []

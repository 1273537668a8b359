"""Each kind of fault in docs/world.md names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs/world.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \| `([\w/.]+)::(\w+)` \|$", re.MULTILINE)
HEADS = 2  # lines of a table above its rows


def test_every_row_names_a_test_that_exists() -> None:
    """The file has a test function of this name."""
    rows = ROW.findall(PAGE)
    lines = [line for line in PAGE.splitlines() if line.startswith("|")]
    assert len(rows) == len(lines) - HEADS * PAGE.count("guarded by |")
    for kind, _, file, name in rows:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert name in {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}, (
            kind
        )


def test_every_row_names_code_that_exists() -> None:
    """A path is of the repository, or of the package of the bot."""
    for kind, places, _, _ in ROW.findall(PAGE):
        for place in re.findall(r"`([\w/.]+)`", places.replace("`Defaults`", "")):
            assert any((TESTS.parent / root / place).exists() for root in (".", "bot")), (kind, place)


def test_every_rule_of_telegram_has_a_row() -> None:
    """The rules have numbers from 1 to 15."""
    assert {int(found) for found in re.findall(r"^\| (\d+) · ", PAGE, re.MULTILINE)} == set(range(1, 16))

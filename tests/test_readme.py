"""The README is true: its settings and its file tree."""

import re
from pathlib import Path

from bot.settings import Settings

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    """The table is complete."""
    table = set(re.findall(r"^\| `VITRAGE_(\w+)`", README, flags=re.MULTILINE))
    assert table == {name.upper() for name in Settings.model_fields}


def test_every_file_named_in_the_tree_exists() -> None:
    """The tree shows what there is."""
    root = Path(__file__).parents[1]
    block = README.split("## What is where")[1].split("```")[1]
    named = re.findall(r"^([\w./]+)  ", block, flags=re.MULTILINE)
    assert len(named) > 5
    assert [path for path in named if not (root / path).exists()] == []

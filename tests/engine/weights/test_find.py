"""Weights by name."""

from __future__ import annotations

import hashlib
import re

import pytest

import engine
from engine.weights.find import BUILTIN, find_weights


def test_a_missing_file_is_said() -> None:
    with pytest.raises(engine.WeightsError, match="no weights file"):
        find_weights("nowhere.pth")


def test_the_builtin_file_is_the_one_that_its_readme_describes() -> None:
    """The README has its hash, and it is small enough for a repository."""
    readme = (BUILTIN.parent / "README.md").read_text(encoding="utf-8")
    promised = re.search(r"[0-9a-f]{64}", readme)
    assert promised and promised[0] == hashlib.sha256(BUILTIN.read_bytes()).hexdigest()
    assert BUILTIN.stat().st_size <= 1_500_000
    assert engine.load_model("builtin", "cpu").layers[-1] == "relu3_1"

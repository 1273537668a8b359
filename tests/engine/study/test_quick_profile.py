"""The quick profile as anybody runs it: `python -m pytest -m slow tests/engine/study/test_quick_profile.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.study.plan import PROFILES, choose
from engine.study.records import Results


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_quick_profile_paints_everything_that_it_promises(tmp_path: Path) -> None:
    """On the default pictures, without a failure."""
    command = [sys.executable, "-m", "engine.cli", "study", "-o", str(tmp_path / "study"), "--weights", "builtin"]
    subprocess.run(command, check=True)
    results = Results.from_json((tmp_path / "study" / "results.json").read_bytes())
    profile = PROFILES["quick"]
    assert len({(row.content, row.style) for row in results.painted}) == profile.most["content"] * profile.most["style"]
    painted = {row.method for row in results.painted if row.error is None}
    assert painted == {*(method.name for method in choose((), profile).methods), "grid-ratio"}
    assert {row.seed for row in results.painted} == {0, 1}

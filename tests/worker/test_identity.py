"""Workers that share a queue are told apart, and known again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.worker.identity import IdentityTakenError, identity


def test_a_worker_keeps_its_name_and_shares_it_with_none(tmp_path: Path) -> None:
    """It is the same after a restart, and another one in another folder."""
    other = tmp_path / "other"
    other.mkdir()
    with identity(tmp_path) as first, identity(other) as second:
        assert first != second
    with identity(tmp_path) as again:
        assert again == first


def test_two_painters_with_one_folder_are_refused(tmp_path: Path) -> None:
    """Else the second would put back what the first paints."""
    with identity(tmp_path), pytest.raises(IdentityTakenError, match="VITRAGE_DATA_DIR of its own"), identity(tmp_path):
        pass


def test_a_crash_while_the_name_is_written_leaves_no_empty_one(tmp_path: Path) -> None:
    """Two hosts with an empty name would be one."""
    (tmp_path / "worker").touch()
    with identity(tmp_path) as name:
        assert len(name.split()[-1]) == 16

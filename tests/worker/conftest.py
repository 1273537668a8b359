"""A stage for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.sqlite import open_sqlite
from tests.support.worker_harness import Stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Empty stores, and a command that starts actors."""
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        yield Stage(stores, tmp_path)

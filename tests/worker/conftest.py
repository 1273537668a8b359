"""A worker for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.sqlite import open_sqlite
from tests.support.worker_harness import WorkerHarness


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[WorkerHarness]:
    """Empty stores, and a command that starts the engine child with the fake engine."""
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        yield WorkerHarness(stores, tmp_path)

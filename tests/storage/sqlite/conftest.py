"""Stores on SQLite, for the tests of what is SQLite's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Empty stores on SQLite."""
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        yield stores

"""A worker for each test."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.storage.protocols import Stores
from tests.support.worker_harness import WorkerHarness


@pytest.fixture
def store_kind(request: pytest.FixtureRequest) -> str:
    """Run a test on SQLite; with ON_BOTH also on PostgreSQL."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def clock() -> Callable[[], float]:
    """The stores have the real time: a worker waits for retries to become due."""
    return time.time


@pytest.fixture
def worker(stores: Stores, tmp_path: Path) -> WorkerHarness:
    """Empty stores, and a command that starts the engine child with the fake engine."""
    return WorkerHarness(stores, tmp_path)

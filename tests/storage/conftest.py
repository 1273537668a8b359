"""Every kind of store, for the tests of what each of them promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite
from tests.support.jobs import Clock, Opener


def _sqlite(folder: Path, clock: Clock) -> AbstractAsyncContextManager[Stores]:
    return open_sqlite(folder / "vitrage.db", folder / "blobs", clock=clock)


@pytest.fixture(params=[pytest.param(_sqlite, id="sqlite")])
def opener(request: pytest.FixtureRequest) -> Opener:
    """Open the stores of one kind: each test that asks for it runs on every kind."""
    opener: Opener = request.param
    return opener


@pytest.fixture
def clock() -> Clock:
    """The wall clock of the stores."""
    return Clock()


@pytest.fixture
async def stores(opener: Opener, tmp_path: Path, clock: Clock) -> AsyncIterator[Stores]:
    """Empty stores."""
    async with opener(tmp_path, clock) as stores:
        yield stores

"""Stores on PostgreSQL, for the tests of what is PostgreSQL's own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from bot.storage.postgres import open_postgres
from bot.storage.protocols import Stores
from tests.support.moving import make_old
from tests.support.postgres import Server, server


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[Stores]:
    """Empty stores on PostgreSQL."""
    async with open_postgres(postgres_url) as stores:
        yield stores


@pytest.fixture
async def others(postgres_url: str, stores: Stores) -> AsyncIterator[Stores]:
    """The same stores, as another host has them."""
    async with open_postgres(postgres_url) as others:
        yield others


@pytest.fixture
def empty(postgres: Server) -> Iterator[str]:
    """A database without tables."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server for one test, which may stop and start it; what it has acknowledged survives that."""
    with server(durable=True) as running:
        yield running


@pytest.fixture
async def observer(postgres_url: str, stores: Stores) -> AsyncIterator[psycopg.AsyncConnection]:
    """A connection beside those of the stores."""
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a bot on SQLite; every table has rows. No test changes it."""
    folder = tmp_path_factory.mktemp("old")
    make_old(folder)
    return folder


@pytest.fixture
def data(old: Path, tmp_path: Path) -> Path:
    """A copy of the data folder, for a test that changes it."""
    return Path(shutil.copytree(old, tmp_path / "data"))

"""Fixtures: stores on every kind of database, for the tests of what each of them promises."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psycopg
import pytest

from bot.storage.postgres import open_postgres
from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite
from tests.support.jobs import Clock
from tests.support.postgres import Server, server
from tests.support.s3 import BUCKET, Line, line_to, s3_server, variables

TABLES = """
SELECT tablename FROM pg_tables
WHERE schemaname = 'public' AND tablename NOT IN ('schema_version', 'carrier_migration')
"""
CLOCK = "SELECT pg_get_functiondef('now_seconds'::regproc)"
PASS_DELAYS = "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at + make_interval(secs => %s - %s)"
FIRST_ROWS = "INSERT INTO schedule (id, vclock) VALUES (1, 0)"

Opener = Callable[[], AbstractAsyncContextManager[Stores]]
"""Opens the stores of one kind, the same in all of a test."""


class ServerClock(Clock):
    """The clock of a PostgreSQL database, which the test sets."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        super().__init__()

    def __setattr__(self, name: str, value: object) -> None:
        before = getattr(self, name, value)
        super().__setattr__(name, value)
        if name == "now":
            # procrastinate has the server's own clock: its delays pass by the same.
            self._connection.execute(PASS_DELAYS, [before, value])
            function = "CREATE OR REPLACE FUNCTION now_seconds() RETURNS double precision LANGUAGE sql STABLE"
            self._connection.execute(f"{function} RETURN {value}::double precision".encode())

    def close(self) -> None:
        """Close the connection that sets it."""
        self._connection.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server; besides the user of the tests it knows one with a password, and one without rights."""
    with server() as running:
        running.run("CREATE ROLE locked LOGIN PASSWORD 'right'; CREATE ROLE guest LOGIN")
        yield running


@pytest.fixture(scope="session")
def _postgres_tables(postgres: Server) -> Iterator[tuple[str, str]]:
    """A database with tables, and the statements that empty them: ten times as quick as a copy of the database."""
    with postgres.database() as url:

        async def make_tables() -> None:
            async with open_postgres(url):
                pass

        asyncio.run(make_tables())
        with psycopg.connect(url) as connection:
            tables = connection.execute(TABLES).fetchall()
            [clock] = connection.execute(CLOCK).fetchone() or [""]
        emptied = f"TRUNCATE {', '.join(name for [name] in tables)} RESTART IDENTITY; {clock}; {FIRST_ROWS}"
        yield url, emptied


@pytest.fixture
def postgres_url(_postgres_tables: tuple[str, str]) -> str:
    """How to connect to a PostgreSQL database with empty tables."""
    url, emptied = _postgres_tables
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(emptied.encode())
    return url


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3 server."""
    with s3_server() as address:
        yield address


@pytest.fixture
def bucket_url(s3: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty folder of a bucket, which this process can use."""
    for name, value in variables(s3).items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{secrets.token_hex(4)}"


@pytest.fixture
async def line(s3: str, bucket_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """The line by which the S3 server is reached: served by this event loop, so nothing may block it."""
    async with line_to(s3) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", line.address)
        yield line


KINDS = ("sqlite", "postgres")

ON_BOTH = pytest.mark.parametrize("store_kind", KINDS, indirect=True)
"""Runs a test on each kind of database, where those beside it run on one."""

WITH_EVERY_BLOB_STORE = pytest.mark.parametrize("store_kind", (*KINDS, "postgres and s3"), indirect=True)
"""Runs a test with pictures as files, in a table, and in a bucket."""


@pytest.fixture(params=KINDS)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Run a test on each kind of database."""
    return str(request.param)


@pytest.fixture
def clock(store_kind: str, request: pytest.FixtureRequest) -> Iterator[Clock]:
    """The clock of the stores."""
    if store_kind == "sqlite":
        yield Clock()
    else:
        clock = ServerClock(request.getfixturevalue("postgres_url"))
        yield clock
        clock.close()


@pytest.fixture
def opener(store_kind: str, clock: Callable[[], float], tmp_path: Path, request: pytest.FixtureRequest) -> Opener:
    """Open the stores of one kind: each test that asks for it runs on every kind."""
    if store_kind == "sqlite":
        return lambda: open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs", clock=clock)
    url: str = request.getfixturevalue("postgres_url")
    bucket: str | None = request.getfixturevalue("bucket_url") if store_kind.endswith("s3") else None
    return lambda: open_postgres(url, bucket)


@pytest.fixture
async def stores(opener: Opener) -> AsyncIterator[Stores]:
    """Empty stores."""
    async with opener() as stores:
        yield stores

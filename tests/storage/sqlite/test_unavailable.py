"""A store that cannot be used for a while: locked by another program, on a read-only or a failing disk."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.storage.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreFailingError,
    StoreFullError,
    StoreReadOnlyError,
    StoreUnavailableError,
)
from bot.storage.patience import until_possible
from bot.storage.protocols import Stores
from bot.storage.sql.database import SqlStore
from bot.storage.sqlite import open_sqlite, opening
from bot.storage.sqlite.failures import store_error
from tests.support.database_lock import locked_by_another_program
from tests.support.jobs import connection_of, enqueue, eventually


@contextmanager
def files_cannot_grow(size: int) -> Iterator[None]:
    """Make every write of this process fail that would make a file larger than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_lock_of_another_program_is_waited_for(stores: Stores, tmp_path: Path) -> None:
    """Writes wait and then happen once, in their order; reads are answered meanwhile; one warning tells of it."""
    job = await enqueue(stores, "u1")
    with locked_by_another_program(tmp_path / "vitrage.db") as unlock, capture_logs() as logs:
        writes = [asyncio.create_task(stores.updates.receive(number, "x")) for number in range(3)]

        async def warned() -> bool:
            return any(entry["event"] == "store_busy" for entry in logs)

        await eventually(warned)
        assert await stores.jobs.get(job.id) == job
        assert not any(write.done() for write in writes)
        unlock()
        assert await asyncio.gather(*writes) == [True, True, True]
        assert await stores.updates.pending() == ["x", "x", "x"]
        assert len(logs) == 1


async def test_patience_has_an_end(stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that has waited long enough fails and has changed nothing; later it works."""
    monkeypatch.setattr(SqlStore, "patience", 0.2)
    with locked_by_another_program(tmp_path / "vitrage.db"):
        with pytest.raises(StoreBusyError, match="Another program keeps the database locked"):
            await stores.updates.receive(1, "x")
        with pytest.raises(StoreBusyError):
            await stores.people.forget(1)
        assert await stores.updates.pending() == []
    assert await stores.updates.receive(1, "x")


async def test_a_worker_does_not_wait_long(stores: Stores, tmp_path: Path) -> None:
    """It repeats by itself what must be recorded, and has a child to listen to."""
    with locked_by_another_program(tmp_path / "vitrage.db"):
        began = time.monotonic()
        with pytest.raises(StoreBusyError):
            await stores.work.claim("engine")
        assert time.monotonic() - began < 25  # others wait for 30 seconds


async def test_closing_does_not_wait_for_a_lock(tmp_path: Path) -> None:
    """The program can be stopped while another one keeps the database locked."""
    async with AsyncExitStack() as opened:
        stores = await opened.enter_async_context(open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs"))
        with locked_by_another_program(tmp_path / "vitrage.db"), capture_logs() as logs:
            write = asyncio.create_task(stores.updates.receive(1, "x"))

            async def waiting() -> bool:
                return len(logs) == 1

            await eventually(waiting)
            began = time.monotonic()
            await opened.aclose()
            with pytest.raises(StoreBusyError):
                await write
            assert time.monotonic() - began < 25  # without the end it would wait for 30 seconds


async def test_forgetting_waits_for_readers_of_the_log(stores: Stores, tmp_path: Path) -> None:
    """What was deleted leaves the write-ahead log, as soon as no other program reads an older state from it."""
    await enqueue(stores, "u1")
    reader = sqlite3.connect(tmp_path / "vitrage.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM job").fetchall()
    await enqueue(stores, "u2")
    forgetting = asyncio.create_task(stores.people.forget(1))

    async def blocked() -> bool:
        return (tmp_path / "vitrage.db-wal").stat().st_size > 0 and not forgetting.done()

    await eventually(blocked)
    reader.close()
    await forgetting
    assert (tmp_path / "vitrage.db-wal").stat().st_size == 0


async def test_a_lock_at_the_start_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a minute; then the program ends with a sentence."""
    where = tmp_path / "vitrage.db", tmp_path / "blobs"
    async with open_sqlite(*where) as stores:
        await enqueue(stores, "u1")
    monkeypatch.setattr(opening, "PAUSE", 0.05)
    with locked_by_another_program(where[0]) as unlock, capture_logs() as logs:
        counting = asyncio.create_task(_count_jobs(where))

        async def warned() -> bool:
            return any(entry["event"] == "store_busy" for entry in logs)

        await eventually(warned)
        unlock()
        assert await counting == 1
    with locked_by_another_program(where[0]), pytest.raises(StoreBusyError):
        await _count_jobs(where, patience=0.1)


async def _count_jobs(where: tuple[Path, Path], patience: float = 60.0) -> int:
    async with open_sqlite(*where, patience=patience) as stores:
        return len(await stores.deliveries.unsettled())


async def test_a_read_only_database_heals(stores: Stores) -> None:
    """Writes fail and change nothing; reads work; when it can be written again, writes do too."""
    job = await enqueue(stores, "u1")
    await connection_of(stores).execute_fetchall("PRAGMA query_only = ON")
    with pytest.raises(StoreReadOnlyError, match="read-only"):
        await stores.updates.receive(1, "x")
    assert await stores.jobs.get(job.id) == job
    await connection_of(stores).execute_fetchall("PRAGMA query_only = OFF")
    assert await stores.updates.receive(1, "x")


async def test_a_failing_disk_heals(stores: Stores) -> None:
    """The same where the system reports errors of writing the files themselves."""
    job = await enqueue(stores, "u1")
    with files_cannot_grow(8192):
        with pytest.raises(StoreFailingError, match="disk I/O error"):
            await stores.updates.receive(1, "x" * 100_000)
        with pytest.raises(StoreFailingError, match="File too large"):
            await stores.blobs.put(b"x" * 100_000)
    assert not connection_of(stores).in_transaction
    assert await stores.jobs.get(job.id) == job
    assert await stores.updates.pending() == []
    assert await stores.updates.receive(1, "x" * 100_000)
    assert await stores.blobs.get(await stores.blobs.put(b"x" * 100_000)) == b"x" * 100_000


async def test_a_damaged_page_ends_the_program_with_a_sentence(tmp_path: Path) -> None:
    """Nothing can go on then: the error is none of those that pass."""
    where = tmp_path / "vitrage.db", tmp_path / "blobs"
    async with open_sqlite(*where) as stores:
        await enqueue(stores, "u1")
    with where[0].open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (where[0].stat().st_size - 4096))
    with pytest.raises(StoreDamagedError, match="malformed"):
        await _count_jobs(where)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, StoreFullError),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusyError),
        (sqlite3.SQLITE_LOCKED_SHAREDCACHE, StoreBusyError),
        (sqlite3.SQLITE_READONLY_ROLLBACK, StoreReadOnlyError),
        (sqlite3.SQLITE_READONLY_DBMOVED, StoreDamagedError),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreFailingError),
        (sqlite3.SQLITE_CANTOPEN_ISDIR, StoreFailingError),
        (sqlite3.SQLITE_CORRUPT_INDEX, StoreDamagedError),
        (sqlite3.SQLITE_NOTADB, StoreDamagedError),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, None),
        (sqlite3.SQLITE_ERROR, None),
        (None, None),
    ],
)
def test_results_of_sqlite_are_told_apart(code: int | None, expected: type[Exception] | None) -> None:
    """Also by their extended codes; errors of the program itself stay what they are."""
    error = sqlite3.OperationalError("it failed")
    if code is not None:
        error.sqlite_errorcode = code
    found = store_error(error, Path("vitrage.db"))
    assert type(found) is (expected or type(None))


async def test_what_has_happened_is_recorded_at_last(stores: Stores) -> None:
    """That an update was handled, or a picture delivered, is recorded however long the database is read-only."""
    await stores.updates.receive(1, "x")
    await connection_of(stores).execute_fetchall("PRAGMA query_only = ON")
    with capture_logs() as logs:
        finishing = asyncio.create_task(stores.updates.finish(1))

        async def warned() -> bool:
            return bool(logs)

        await eventually(warned)
        await connection_of(stores).execute_fetchall("PRAGMA query_only = OFF")
        await finishing
    assert logs[0]["event"] == "store_unavailable"
    assert await stores.updates.pending() == []


async def test_a_call_is_repeated_until_it_is_possible() -> None:
    """A call is repeated until the store can be used; once the program stops, only once more."""
    stop = asyncio.Event()
    answers: list[StoreUnavailableError | None] = [StoreBusyError(), StoreFullError(), None]

    async def call() -> str:
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return "recorded"

    assert await until_possible(call, stop, pause=0.01) == "recorded"
    answers[:] = [StoreBusyError(), StoreReadOnlyError(), None]
    waiting = asyncio.create_task(until_possible(call, stop, pause=60.0))

    async def tried() -> bool:
        return len(answers) == 2

    await eventually(tried)
    stop.set()
    with pytest.raises(StoreUnavailableError):
        await waiting

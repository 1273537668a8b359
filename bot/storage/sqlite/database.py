"""One SQLite file, one process, one connection: every call of a store is one whole transaction."""

from __future__ import annotations

import asyncio
import functools
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite
import structlog

from bot.storage.errors import StoreDamagedError, StoreFullError
from bot.storage.models import BlobKey
from bot.storage.protocols import BlobStore, Topic
from bot.storage.sqlite.file_lock import locked
from bot.storage.sqlite.migration import migrate

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

# synchronous = FULL: Telegram forgets an update once the next getUpdates confirms it, so a commit must survive power
# loss. secure_delete: deleted rows are overwritten in the file.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)

NAMED_BLOBS = "SELECT DISTINCT key FROM named_blob"

# Which of these keys (a JSON list) no row names.
UNNAMED_BLOBS = """
SELECT DISTINCT value AS key FROM json_each(:keys)
WHERE value NOT IN (SELECT key FROM named_blob)
"""


class Transaction:
    """One transaction of a store, and what follows once it is committed.

    BEGIN is sent with the first statement that may write, so that a call which only reads needs one statement instead
    of three. No other transaction can write in between, because the database's lock is held.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._begun = False
        self._dropped: set[str] = set()
        self.topics: set[Topic] = set()

    async def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[sqlite3.Row]:
        """Run one statement to its end and return its rows."""
        if not self._begun and not sql.lstrip().startswith("SELECT"):
            # IMMEDIATE: a transaction that reads first and then writes can fail with SQLITE_BUSY at once.
            await self._connection.execute_fetchall("BEGIN IMMEDIATE")
            self._begun = True
        return list(await self._connection.execute_fetchall(sql, values or {}))

    async def row(self, sql: str, values: Mapping[str, Any] | None = None) -> sqlite3.Row | None:
        """Run one statement to its end and return its first row, if it has one."""
        rows = await self.rows(sql, values)
        return rows[0] if rows else None

    def notify(self, *topics: Topic) -> None:
        """Once committed, wake those who wait for these topics."""
        self.topics.update(topics)

    def drop(self, *keys: str | None) -> None:
        """Once committed, delete these blobs, unless a row still names them."""
        self._dropped.update(key for key in keys if key)

    async def commit(self) -> None:
        """End it, if it has begun."""
        if self._begun:
            await self._connection.commit()

    async def unnamed(self) -> list[BlobKey]:
        """Return the dropped blobs that no row names."""
        if not self._dropped:
            return []
        rows = await self.rows(UNNAMED_BLOBS, {"keys": json.dumps(sorted(self._dropped))})
        return [row["key"] for row in rows]


class Database:
    """The connection, and the order of its transactions."""

    def __init__(self, connection: aiosqlite.Connection, blobs: BlobStore, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._connection = connection
        self._blobs = blobs
        self._lock = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self._events: dict[Topic, asyncio.Event] = {"work": asyncio.Event(), "news": asyncio.Event()}

    async def transaction(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        """Do the work as one transaction, which ends as a whole also when the caller is cancelled."""
        task = asyncio.create_task(self._run(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def wait(self, topic: Topic, seconds: float) -> None:
        """Return at the next change of the topic, or after so many seconds."""
        event = self._events[topic]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
        event.clear()

    async def checkpoint(self) -> None:
        """Move the write-ahead log into the database and empty it: what was deleted is in neither then."""
        async with self._lock:
            await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Wait for the transactions that were begun, then close."""
        while self._running:
            await asyncio.wait(self._running)
        await self._connection.close()

    async def _run(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        transaction = Transaction(self._connection)
        async with self._lock:
            try:
                result = await work(transaction)
                unnamed = await transaction.unnamed()
                await transaction.commit()
            except BaseException as error:
                # Does nothing where no transaction is open: a full disk rolls back by itself.
                await self._connection.rollback()
                if _is_full(error):
                    raise StoreFullError from error
                raise
        for topic in transaction.topics:
            self._events[topic].set()
        await self._delete(unnamed)
        return result

    async def _delete(self, keys: list[BlobKey]) -> None:
        for key in keys:
            try:
                await self._blobs.delete(key)
            except OSError as error:  # the next start sweeps it
                log.warning("blob_not_deleted", blob=key, error=str(error))


class SqliteStore:
    """The base of every store on this database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> float:
        """Return the time in seconds since the epoch."""
        return self._database.clock()


S = TypeVar("S", bound=SqliteStore)


def transaction(
    method: Callable[Concatenate[S, Transaction, P], Awaitable[R]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make a store's method one transaction, given to it as its first argument."""

    @functools.wraps(method)
    async def whole(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._database.transaction(lambda t: method(self, t, *args, **kwargs))

    return whole


@asynccontextmanager
async def open_database(path: Path, blobs: BlobStore, clock: Callable[[], float]) -> AsyncIterator[Database]:
    """Lock the file, create or upgrade its tables, and close it at the end."""
    with locked(path):
        async with aiosqlite.connect(path, isolation_level=None) as connection:
            connection.row_factory = sqlite3.Row
            await _prepare(connection, path)
            database = Database(connection, blobs, clock)
            try:
                yield database
            finally:
                await database.close()


async def _prepare(connection: aiosqlite.Connection, path: Path) -> None:
    try:
        for pragma in _PRAGMAS:
            await connection.execute_fetchall(pragma)
        await migrate(connection, path)
    except sqlite3.DatabaseError as error:
        if _is_full(error):
            raise StoreFullError from error
        raise StoreDamagedError(path, error) from error


def _is_full(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_FULL

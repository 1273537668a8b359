"""One SQLite file, one process, one connection: every call of a store is one whole transaction."""

from __future__ import annotations

import asyncio
import functools
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite
import structlog

from bot.storage.errors import StoreBusyError, StoreUnavailableError
from bot.storage.models import BlobKey
from bot.storage.patience import until_possible
from bot.storage.protocols import BlobStore, Topic
from bot.storage.sqlite.failures import store_error

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

LOOK = 0.05  # seconds between two looks at a lock of another program

LOOK = 0.05  # seconds between two looks at a lock of another program

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

    Attributes:
        begun: Whether it may have written.
        topics: Those whose listeners are woken once it is committed.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self.begun = False
        self._dropped: set[str] = set()
        self.topics: set[Topic] = set()

    async def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[sqlite3.Row]:
        """Run one statement to its end and return its rows."""
        if not self.begun and not sql.lstrip().startswith("SELECT"):
            # IMMEDIATE: a transaction that reads first and then writes can fail with SQLITE_BUSY at once.
            await self._connection.execute_fetchall("BEGIN IMMEDIATE")
            self.begun = True
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
        if self.begun:
            await self._connection.commit()

    async def unnamed(self) -> list[BlobKey]:
        """Return the dropped blobs that no row names."""
        if not self._dropped:
            return []
        rows = await self.rows(UNNAMED_BLOBS, {"keys": json.dumps(sorted(self._dropped))})
        return [row["key"] for row in rows]


class Database:
    """The connection, and the order of its transactions.

    Attributes:
        clock: Returns seconds since the epoch.
        closing: Set when no transaction waits any more.
    """

    def __init__(
        self, path: Path, connection: aiosqlite.Connection, blobs: BlobStore, clock: Callable[[], float]
    ) -> None:
        self.clock = clock
        self._path = path
        self._connection = connection
        self._blobs = blobs
        self._lock = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()
        self.closing = asyncio.Event()
        self._busy = False  # another program's lock was met, and nothing was written since
        self._events: dict[Topic, asyncio.Event] = {"work": asyncio.Event(), "news": asyncio.Event()}

    async def transaction(self, work: Callable[[Transaction], Awaitable[R]], patience: float = 0.0) -> R:
        """Do the work as one transaction, which ends as a whole also when the caller is cancelled.

        Args:
            work: Is done again where another program's lock prevented it.
            patience: Seconds to wait for such a lock; what only reads need not wait.

        Raises:
            StoreUnavailableError: Nothing was changed, and the call may be repeated later.
            StoreDamagedError: The file cannot be used any more.
        """
        task = asyncio.create_task(self._when_unlocked(lambda: self._attempt(work), patience))
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

    async def checkpoint(self, patience: float) -> None:
        """Move the write-ahead log into the database and empty it: what was deleted is in neither then.

        Raises:
            StoreUnavailableError: That is not possible, or another program has used the log for `patience` seconds.
        """
        await self._when_unlocked(self._empty_log, patience)

    async def close(self) -> None:
        """Wait for the transactions that were begun, but not for other programs' locks, then close."""
        self.closing.set()
        while self._running:
            await asyncio.wait(self._running)
        await self._connection.close()

    async def _when_unlocked(self, call: Callable[[], Awaitable[R]], patience: float) -> R:
        """Call until no other program's lock is in the way, or the patience is at its end."""
        deadline = time.monotonic() + patience
        while True:
            try:
                return await call()
            except StoreBusyError as error:
                if not self._busy:
                    self._busy = True
                    log.warning("store_busy", reason=str(error))
                if self.closing.is_set() or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(LOOK)

    async def _empty_log(self) -> None:
        async with self._lock:
            with self._store_errors():
                [[blocked, *_]] = await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        if blocked:
            raise StoreBusyError

    async def _attempt(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        transaction = Transaction(self._connection)
        async with self._lock:
            with self._store_errors():
                try:
                    result = await work(transaction)
                    unnamed = await transaction.unnamed()
                    await transaction.commit()
                except BaseException:
                    # Does nothing where no transaction is open: a full disk rolls back by itself.
                    await self._connection.rollback()
                    raise
            self._busy = self._busy and not transaction.begun
        for topic in transaction.topics:
            self._events[topic].set()
        await self._delete(unnamed)
        return result

    @contextmanager
    def _store_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if failure := store_error(error, self._path):
                raise failure from error
            raise

    async def _delete(self, keys: list[BlobKey]) -> None:
        for key in keys:
            try:
                await self._blobs.delete(key)
            except StoreUnavailableError as error:  # the next start sweeps it
                log.warning("blob_not_deleted", blob=key, error=str(error))


class SqliteStore:
    """The base of every store on this database."""

    patience = 30.0
    """Seconds that a call waits for another program's lock: long enough for a backup of a usual database."""

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
        return await self._database.transaction(lambda t: method(self, t, *args, **kwargs), self.patience)

    return whole


def record(
    method: Callable[Concatenate[S, Transaction, P], Awaitable[R]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make a store's method a transaction that is repeated until the store can be used, however long that takes.

    It is for what has happened already, outside of the store: a caller could not take it back.
    """
    once = transaction(method)

    @functools.wraps(method)
    async def until_recorded(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await until_possible(lambda: once(self, *args, **kwargs), self._database.closing)

    return until_recorded

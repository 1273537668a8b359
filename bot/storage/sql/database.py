"""What the stores ask of a database, SQLite or PostgreSQL: each of their calls is one whole transaction."""

from __future__ import annotations

import asyncio
import functools
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import structlog

from bot import meters
from bot.storage.errors import StoreBusyError, StoreUnavailableError, StoreUnreachableError
from bot.storage.patience import until_possible
from bot.storage.protocols import Topic
from bot.storage.sql.carrier import Carrier

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

Row = dict[str, Any]

LOOK = 0.05  # seconds between two looks at a database that cannot be used at the moment


class Dialects(NamedTuple):
    """A statement that the two databases spell differently."""

    sqlite: str
    postgres: str


Sql = str | Dialects
"""A statement with values as `:name`. Both databases have the function `now_seconds()`: seconds since the epoch."""


def locking(select: str) -> Dialects:
    """Return a query whose rows no other transaction changes until this one ends; on SQLite none can anyway."""
    return Dialects(select, f"{select} FOR UPDATE")


class Transaction(ABC):
    """One transaction of a store, and what follows once it is committed.

    It begins with the first statement that may write, so that a call which only reads needs one statement instead of
    three.

    Attributes:
        begun: Whether it may have written.
        topics: Those whose listeners are woken once it is committed.
        dropped: The blobs that are deleted with it, unless a row still names them.
    """

    def __init__(self) -> None:
        self.begun = False
        self.topics: set[Topic] = set()
        self.dropped: set[str] = set()

    @abstractmethod
    async def rows(self, sql: Sql, values: Mapping[str, Any] | None = None) -> list[Row]:
        """Run one statement to its end and return its rows."""

    async def row(self, sql: Sql, values: Mapping[str, Any] | None = None) -> Row | None:
        """Run one statement to its end and return its first row, if it has one."""
        rows = await self.rows(sql, values)
        return rows[0] if rows else None

    @abstractmethod
    async def lock(self, name: str) -> None:
        """Wait until no other transaction holds the lock of this name; hold it until this one ends."""

    @abstractmethod
    async def hold(self, keys: list[str]) -> None:
        """Keep these blobs from being deleted before this transaction, which names them in a row, has ended."""

    def notify(self, *topics: Topic) -> None:
        """Once committed, wake those who wait for these topics."""
        self.topics.update(topics)

    def drop(self, *keys: str | None) -> None:
        """Delete these blobs with this transaction, unless a row names them at its end."""
        self.dropped.update(key for key in keys if key)


class Database(ABC):
    """Where transactions are done, and who is told of them.

    Attributes:
        carrier: Brings queued jobs to workers.
        closing: Set when no transaction waits any more.
    """

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self.closing = asyncio.Event()
        self._running: set[asyncio.Task[Any]] = set()
        self._in_trouble = False  # it was met once, and nothing was written since
        self._events: dict[Topic, asyncio.Event] = {"work": asyncio.Event(), "news": asyncio.Event()}

    async def transaction(self, work: Callable[[Transaction], Awaitable[R]], patience: float = 0.0) -> R:
        """Do the work as one transaction, which ends as a whole also when the caller is cancelled.

        Args:
            work: Is done again where a lock, or a lost connection, prevented it.
            patience: Seconds to wait for these to pass.

        Raises:
            StoreUnavailableError: Nothing was changed, and the call may be repeated later.
            StoreDamagedError: The database cannot be used any more.
        """
        task = asyncio.create_task(self._when_usable(lambda: self._attempt(work), patience))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except StoreUnavailableError as error:
            meters.STORE_ERRORS.labels(type(error).__name__).inc()
            raise

    async def wait(self, topic: Topic, seconds: float) -> None:
        """Return at the next change of the topic, or after so many seconds."""
        event = self._events[topic]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
        event.clear()

    def wake(self, topic: Topic) -> None:
        """Wake who waits for a topic in this process."""
        self._events[topic].set()

    async def scrub(self, patience: float) -> None:  # noqa: B027 - PostgreSQL has nothing to do
        """Remove what was deleted from the places where the database still has it."""

    async def sweep(self) -> None:  # noqa: B027 - SQLite has nothing to do
        """Delete the blobs that a crash left without a row, where that is not done at the start."""

    async def settle(self) -> None:
        """Wait until the transactions that were begun have ended; those that wait for anything else give up."""
        self.closing.set()
        while self._running:
            await asyncio.wait(self._running)

    @abstractmethod
    def _begin(self) -> AbstractAsyncContextManager[Transaction]:
        """Give a transaction, and at the end of the block commit it; an error in the block rolls it back."""

    def _tell(self, topics: set[Topic]) -> None:
        """Wake who waits for these topics, here and in other processes."""
        for topic in topics:
            self.wake(topic)

    async def _attempt(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        async with self._begin() as transaction:
            result = await work(transaction)
        self._in_trouble = self._in_trouble and not transaction.begun
        self._tell(transaction.topics)
        return result

    async def _when_usable(self, call: Callable[[], Awaitable[R]], patience: float) -> R:
        """Call until the database can be used, or the patience is at its end."""
        deadline = time.monotonic() + patience
        while True:
            try:
                return await call()
            except (StoreBusyError, StoreUnreachableError) as error:
                if not self._in_trouble:
                    self._in_trouble = True
                    event = "store_busy" if isinstance(error, StoreBusyError) else "store_unreachable"
                    log.warning(event, reason=str(error))
                if self.closing.is_set() or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(LOOK)


class SqlStore:
    """The base of every store on a database."""

    patience = 30.0
    """Seconds that a call waits: long enough for a backup of a usual SQLite file, or a restart of PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._carrier = database.carrier


S = TypeVar("S", bound=SqlStore)


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

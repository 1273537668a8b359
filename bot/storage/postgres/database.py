"""A PostgreSQL database that several processes use: transactions of this one are done on connections of a pool."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from typing_extensions import override

from bot.storage.errors import StoreUnreachableError
from bot.storage.patience import until_possible
from bot.storage.postgres.failures import store_error
from bot.storage.postgres.news import News
from bot.storage.protocols import Topic
from bot.storage.sql.carrier import Carrier
from bot.storage.sql.database import Database, Row, Sql, Transaction

log = structlog.get_logger(__name__)

CONNECTION = 1.0  # seconds to wait for a connection of the pool
ANSWER = 30.0  # seconds until a server that does not answer is given up; a frozen one keeps its connections open

# Each statement sees what was committed before it, so a statement after a lock sees what the lock was waited for. The
# transaction's number tells later whether it was committed, if the connection is lost meanwhile.
BEGIN = b"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_current_xact_id()::text AS number"
COMMITTED = "SELECT pg_xact_status(%s::xid8) AS status"

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('vitrage ' || :name, 0))"

HOLD = "SELECT key FROM blob WHERE key = ANY(:keys) ORDER BY key FOR KEY SHARE"

# The lock waits for transactions that hold a blob because they are about to name it.
LOCK_BLOBS = "SELECT key FROM blob WHERE key = ANY(:keys) ORDER BY key FOR UPDATE"

UNNAMED = """
NOT EXISTS (SELECT 1 FROM job WHERE delivery <> 'done' AND blobs @> ARRAY[blob.key])
AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.blob = blob.key AND left_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM kept_result WHERE picture = blob.key OR timelapse = blob.key)
"""

# A row without data stands for an object in a bucket: it becomes due, and goes when its object is gone.
DELETE_UNNAMED = f"""
WITH due AS (UPDATE blob SET put_at = 0 WHERE key = ANY(:keys) AND data = '' AND {UNNAMED})
DELETE FROM blob WHERE key = ANY(:keys) AND data <> '' AND {UNNAMED}
"""

# A blob is put before a row names it; what no row has named within a day was left by a crash in between.
ORPHANS = f"SELECT key FROM blob WHERE put_at < now_seconds() - 24 * 3600 AND {UNNAMED}"


@functools.cache
def translated(sql: str) -> bytes:
    """Return a statement with its values as psycopg names them, `%(name)s` for `:name`."""
    return re.sub(r"(?<![:\w]):([a-z_]+)", r"%(\1)s", sql.replace("%", "%%")).encode()


class PostgresTransaction(Transaction):
    """One transaction on a connection in autocommit mode.

    Attributes:
        number: PostgreSQL's own number of it, once it has begun.
    """

    def __init__(self, connection: psycopg.AsyncConnection) -> None:
        super().__init__()
        self.number = ""
        self._connection = connection

    @override
    async def rows(self, sql: Sql, values: Mapping[str, Any] | None = None, *, binary: bool = False) -> list[Row]:
        """Run one statement to its end and return its rows; binary for values that are large and no text."""
        text = sql if isinstance(sql, str) else sql.postgres
        if not text.lstrip().startswith("SELECT") or "FOR UPDATE" in text:
            await self._begin()
        async with self._connection.cursor(row_factory=dict_row, binary=binary) as cursor:
            await cursor.execute(translated(text), {name: storable(value) for name, value in (values or {}).items()})
            return await cursor.fetchall() if cursor.description else []

    @override
    async def lock(self, name: str) -> None:
        await self._begin()
        await self.rows(LOCK, {"name": name})

    @override
    async def hold(self, keys: list[str]) -> None:
        await self.rows(HOLD, {"keys": keys})

    async def delete_dropped(self) -> None:
        """Delete the dropped blobs that no row names."""
        if self.dropped:
            keys = {"keys": sorted(self.dropped)}
            await self.rows(LOCK_BLOBS, keys)
            await self.rows(DELETE_UNNAMED, keys)

    async def connection(self) -> psycopg.AsyncConnection:
        """Return the connection for who writes by it in this transaction."""
        await self._begin()
        return self._connection

    async def _begin(self) -> None:
        if self.begun:
            return
        self.begun = True
        async with self._connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(BEGIN)
            cursor.nextset()
            [row] = await cursor.fetchall()
            self.number = row["number"]


def storable(value: object) -> object:
    """Return a value as PostgreSQL can store it: its texts have no zero characters."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


class PostgresDatabase(Database):
    """A pool of connections, and one more to listen on.

    Attributes:
        blobs_dropped: Set when a transaction was committed that has dropped blobs.
    """

    def __init__(self, conninfo: str, pool: AsyncConnectionPool[psycopg.AsyncConnection], carrier: Carrier) -> None:
        super().__init__(carrier)
        self.blobs_dropped = asyncio.Event()
        self._pool = pool
        self._news = News(conninfo, pool, self.wake)

    @asynccontextmanager
    async def serving(self, connection: psycopg.AsyncConnection) -> AsyncIterator[None]:
        """Exchange news with other processes during the block; at its end wait for the transactions that were begun.

        Args:
            connection: The first to listen on; it holds the database's `use_lock`.
        """
        news = asyncio.create_task(self._news.run(connection))
        try:
            yield
        finally:
            await self.settle()
            news.cancel()
            await asyncio.gather(news, return_exceptions=True)

    @override
    async def sweep(self) -> None:
        async def drop_orphans(t: Transaction) -> int:
            orphans = await t.rows(ORPHANS)
            t.drop(*(row["key"] for row in orphans))
            return len(orphans)

        if count := await self.transaction(drop_orphans):
            log.info("orphan_blobs_deleted", count=count)

    @override
    def _tell(self, topics: set[Topic]) -> None:
        super()._tell(topics)
        self._news.tell(topics)

    @override
    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[PostgresTransaction]:
        lost: psycopg.Error | TimeoutError | None = None
        with store_errors():
            async with self._pool.connection(CONNECTION) as connection:
                transaction = PostgresTransaction(connection)
                async with asyncio.timeout(ANSWER):
                    yield transaction
                    await transaction.delete_dropped()
                try:
                    async with asyncio.timeout(ANSWER):
                        await connection.commit()
                except (psycopg.OperationalError, TimeoutError) as error:
                    if isinstance(error, psycopg.Error) and not connection.closed:
                        raise  # the server has answered that it did not commit
                    lost = error
            # Without its connection: all of the pool may be lost at once.
            if lost and not await until_possible(lambda: self._committed(transaction.number), self.closing):
                raise lost
        if transaction.dropped:
            self.blobs_dropped.set()

    async def _committed(self, number: str) -> bool:
        """Ask the server whether a transaction was committed whose connection was lost with the answer."""
        with store_errors():
            try:
                async with self._pool.connection(CONNECTION) as connection, asyncio.timeout(ANSWER):
                    row = await (await connection.execute(COMMITTED, (number,))).fetchone()
            except psycopg.errors.InvalidParameterValue:  # the server crashed before it had heard of this number
                return False
        status = row[0] if row else None
        if status == "in progress":
            raise StoreUnreachableError("a transaction hangs")
        return bool(status == "committed")


@contextmanager
def store_errors() -> Iterator[None]:
    """Convert what psycopg and its pool raise."""
    try:
        yield
    except (psycopg.Error, ConnectorException, TimeoutError) as error:
        if failure := store_error(error):
            raise failure from error
        raise

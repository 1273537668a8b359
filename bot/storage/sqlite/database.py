"""One SQLite file, one process, one connection: transactions are done one after the other."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import structlog
from typing_extensions import override

from bot.storage.errors import StoreBusyError, StoreUnavailableError
from bot.storage.models import BlobKey
from bot.storage.protocols import BlobStore
from bot.storage.sql.database import Database, Row, Sql, Transaction
from bot.storage.sqlite.carrier import EmbeddedCarrier
from bot.storage.sqlite.failures import store_error

log = structlog.get_logger(__name__)

NAMED_BLOBS = "SELECT DISTINCT key FROM named_blob"

# Which of these keys (a JSON list) no row names.
UNNAMED_BLOBS = """
SELECT DISTINCT value AS key FROM json_each(:keys)
WHERE value NOT IN (SELECT key FROM named_blob)
"""


class SqliteTransaction(Transaction):
    """One transaction. No other can write while it reads, because the database's lock is held."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        super().__init__()
        self._connection = connection

    @override
    async def rows(self, sql: Sql, values: Mapping[str, Any] | None = None) -> list[Row]:
        text = sql if isinstance(sql, str) else sql.sqlite
        if not self.begun and not text.lstrip().startswith("SELECT"):
            # IMMEDIATE: a transaction that reads first and then writes can fail with SQLITE_BUSY at once.
            await self._connection.execute_fetchall("BEGIN IMMEDIATE")
            self.begun = True
        return [dict(row) for row in await self._connection.execute_fetchall(text, values or {})]

    @override
    async def lock(self, name: str) -> None:
        """Nothing to do: there is no other transaction."""

    @override
    async def hold(self, keys: list[str]) -> None:
        """Nothing to do: there is no other transaction."""

    async def commit(self) -> None:
        """End it, if it has begun."""
        if self.begun:
            await self._connection.commit()

    async def unnamed(self) -> list[BlobKey]:
        """Return the dropped blobs that no row names."""
        if not self.dropped:
            return []
        rows = await self.rows(UNNAMED_BLOBS, {"keys": json.dumps(sorted(self.dropped))})
        return [row["key"] for row in rows]


class SqliteDatabase(Database):
    """The connection, and the order of its transactions."""

    def __init__(self, path: Path, connection: aiosqlite.Connection, blobs: BlobStore) -> None:
        super().__init__(EmbeddedCarrier())
        self._path = path
        self._connection = connection
        self._blobs = blobs
        self._lock = asyncio.Lock()

    @override
    async def scrub(self, patience: float) -> None:
        """Move the write-ahead log into the database and empty it: what was deleted is in neither then.

        Raises:
            StoreUnavailableError: That is not possible, or another program has used the log for `patience` seconds.
        """
        await self._when_usable(self._empty_log, patience)

    async def _empty_log(self) -> None:
        async with self._lock:
            with self._store_errors():
                [[blocked, *_]] = await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        if blocked:
            raise StoreBusyError

    @override
    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[SqliteTransaction]:
        transaction = SqliteTransaction(self._connection)
        async with self._lock:
            with self._store_errors():
                try:
                    yield transaction
                    unnamed = await transaction.unnamed()
                    await transaction.commit()
                except BaseException:
                    # Does nothing where no transaction is open: a full disk rolls back by itself.
                    await self._connection.rollback()
                    raise
        await self._delete(unnamed)

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

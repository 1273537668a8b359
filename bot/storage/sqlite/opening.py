"""How the database is opened: locked against a second process, prepared, and brought to this release."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
import structlog

from bot.storage.errors import StoreBusyError, StoreDamagedError
from bot.storage.patience import PAUSE
from bot.storage.protocols import BlobStore
from bot.storage.sqlite.database import SqliteDatabase
from bot.storage.sqlite.failures import store_error
from bot.storage.sqlite.file_lock import locked
from bot.storage.sqlite.migration import migrate

log = structlog.get_logger(__name__)

# synchronous = FULL: Telegram forgets an update once the next getUpdates confirms it, so a commit must survive power
# loss. secure_delete: deleted rows are overwritten in the file. busy_timeout: SQLite does not wait by itself for other
# programs' locks, because nothing could be read meanwhile; `Database` waits.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 0",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


@asynccontextmanager
async def open_database(
    path: Path, blobs: BlobStore, clock: Callable[[], float], patience: float
) -> AsyncIterator[SqliteDatabase]:
    """Lock the file, create or upgrade its tables, and close it at the end.

    Raises:
        StoreError: It cannot be used, or not within so many seconds because another program keeps it locked.
    """
    async with open_connection(path, patience) as connection:
        await connection.create_function("now_seconds", 0, clock)
        database = SqliteDatabase(path, connection, blobs)
        try:
            yield database
        finally:
            await database.settle()


@asynccontextmanager
async def open_connection(path: Path, patience: float) -> AsyncIterator[aiosqlite.Connection]:
    """Lock the file, create or upgrade its tables, and close it at the end.

    Raises:
        StoreError: As of `open_database`.
    """
    with locked(path):
        connection = await aiosqlite.connect(path, isolation_level=None)
        try:
            await _prepare(connection, path, patience)
            yield connection
        finally:
            await connection.close()


async def _prepare(connection: aiosqlite.Connection, path: Path, patience: float) -> None:
    connection.row_factory = sqlite3.Row
    deadline = time.monotonic() + patience
    while True:
        try:
            for pragma in _PRAGMAS:
                await connection.execute_fetchall(pragma)
            await migrate(connection, path)
            return
        except sqlite3.DatabaseError as error:
            failure = store_error(error, path) or StoreDamagedError(path, error)
            if not isinstance(failure, StoreBusyError) or time.monotonic() > deadline:
                raise failure from error
            log.warning("store_busy", reason=str(failure), next_try_seconds=PAUSE)
            await asyncio.sleep(PAUSE)

"""The stores on one SQLite file and one folder of blobs: the default, for one machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bot.storage.blobs import FileBlobStore
from bot.storage.protocols import Stores
from bot.storage.sqlite import job_queries
from bot.storage.sqlite.chats import SqliteChatStore
from bot.storage.sqlite.database import open_database
from bot.storage.sqlite.jobs import SqliteJobStore

__all__ = ["open_sqlite"]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_sqlite(
    path: Path, blobs_folder: Path, *, clock: Callable[[], float] = time.time
) -> AsyncIterator[Stores]:
    """Open the stores; StoreOwnedError if another process has them, StoreNewerError if it is ahead of us."""
    blobs = FileBlobStore(blobs_folder)
    async with open_database(path, blobs, clock) as database:
        named = await database.transaction(lambda t: t.rows(job_queries.NAMED_BLOBS))
        if orphans := await blobs.sweep({row["key"] for row in named}):
            log.info("orphan_blobs_deleted", count=orphans)
        yield Stores(SqliteJobStore(database), SqliteChatStore(database), blobs)

"""The stores on one SQLite file and one folder of blobs: the default, for one machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bot.storage.blobs import FileBlobStore
from bot.storage.patience import OPENING
from bot.storage.protocols import Stores
from bot.storage.sql import stores_on
from bot.storage.sqlite.database import NAMED_BLOBS
from bot.storage.sqlite.opening import open_database

__all__ = ["open_sqlite"]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_sqlite(
    path: Path, blobs_folder: Path, *, clock: Callable[[], float] = time.time, patience: float = OPENING
) -> AsyncIterator[Stores]:
    """Open the stores, and delete the blobs that a crash left without a row.

    Args:
        path: the database's file; it is created where there is none.
        blobs_folder: the folder of the pictures.
        clock: returns seconds since the epoch.
        patience: seconds to wait for a lock of another program.

    Raises:
        StoreLockedError: another process uses the database.
        StoreVersionError: another version of the program wrote it.
        StoreDamagedError: the file is no database.
        StoreUnavailableError: the disk is full, read-only or failing, or another program keeps the database locked.
    """
    blobs = FileBlobStore(blobs_folder)
    async with open_database(path, blobs, clock, patience) as database:
        named = await database.transaction(lambda t: t.rows(NAMED_BLOBS))
        if orphans := await blobs.sweep({row["key"] for row in named}):
            log.info("orphan_blobs_deleted", count=orphans)
        yield stores_on(database, blobs)

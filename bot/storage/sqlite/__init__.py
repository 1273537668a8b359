"""The stores on one SQLite file and one folder of blobs: the default, for one machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from bot.storage.blobs import FileBlobStore
from bot.storage.protocols import Stores
from bot.storage.sqlite.database import NAMED_BLOBS
from bot.storage.sqlite.deliveries import SqliteDeliveryStore
from bot.storage.sqlite.drafts import SqliteDraftStore
from bot.storage.sqlite.jobs import SqliteJobStore
from bot.storage.sqlite.opening import open_database
from bot.storage.sqlite.people import SqlitePeopleStore
from bot.storage.sqlite.settings import SqliteSettingsStore
from bot.storage.sqlite.styles import SqliteStyleStore
from bot.storage.sqlite.updates import SqliteUpdateStore
from bot.storage.sqlite.work import SqliteWorkStore

__all__ = ["open_sqlite"]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def open_sqlite(
    path: Path, blobs_folder: Path, *, clock: Callable[[], float] = time.time
) -> AsyncIterator[Stores]:
    """Open the stores, and delete the blobs that a crash left without a row.

    Args:
        path: the database's file; it is created where there is none.
        blobs_folder: the folder of the pictures.
        clock: returns seconds since the epoch.

    Raises:
        StoreLockedError: another process uses the database.
        StoreVersionError: another version of the program wrote it.
        StoreDamagedError: the file is no database.
        StoreUnavailableError: the disk is full, read-only or failing, or another program keeps the database locked.
    """
    blobs = FileBlobStore(blobs_folder)
    async with open_database(path, blobs, clock) as database:
        named = await database.transaction(lambda t: t.rows(NAMED_BLOBS))
        if orphans := await blobs.sweep({row["key"] for row in named}):
            log.info("orphan_blobs_deleted", count=orphans)
        yield Stores(
            blobs=blobs,
            drafts=SqliteDraftStore(database),
            jobs=SqliteJobStore(database),
            work=SqliteWorkStore(database),
            deliveries=SqliteDeliveryStore(database),
            updates=SqliteUpdateStore(database),
            settings=SqliteSettingsStore(database),
            styles=SqliteStyleStore(database),
            people=SqlitePeopleStore(database),
        )

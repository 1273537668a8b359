"""The stores on PostgreSQL 15 or newer, for several hosts: `pip install vitrage[postgres]`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.storage.patience import OPENING
from bot.storage.postgres.blobs import PostgresBlobStore
from bot.storage.postgres.opening import open_database
from bot.storage.protocols import Stores
from bot.storage.sql import stores_on

__all__ = ["open_postgres"]


@asynccontextmanager
async def open_postgres(url: str, *, patience: float = OPENING) -> AsyncIterator[Stores]:
    """Open the stores.

    Args:
        url: postgresql://USER:PASSWORD@HOST/NAME, or another connection string of libpq.
        patience: seconds to wait for a server that does not answer: it may be starting.

    Raises:
        StoreRefusedError: the server refuses the connection, is too old, or lacks what is needed.
        StoreVersionError: another version of the program wrote the database.
        StoreUnavailableError: the server does not answer in time.
    """
    async with open_database(url, patience) as database:
        yield stores_on(database, PostgresBlobStore(database))

"""The stores on PostgreSQL 15 or newer, for several hosts: `pip install vitrage[postgres]`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from bot.storage.errors import StoreRefusedError
from bot.storage.models import QUEUES
from bot.storage.patience import OPENING
from bot.storage.postgres.blobs import IN_A_BUCKET, NO_BUCKET, PostgresBlobStore
from bot.storage.postgres.opening import open_database
from bot.storage.protocols import Stores
from bot.storage.sql import stores_on

__all__ = ["open_postgres"]


@asynccontextmanager
async def open_postgres(
    url: str, bucket_url: str | None = None, *, queues: Collection[str] = QUEUES, patience: float = OPENING
) -> AsyncIterator[Stores]:
    """Open the stores.

    Args:
        url: postgresql://USER:PASSWORD@HOST/NAME, or another connection string of libpq.
        bucket_url: s3://BUCKET/FOLDER, where pictures are kept; without it the database keeps them.
        queues: from which jobs are claimed.
        patience: seconds to wait for a server that does not answer: it may be starting.

    Raises:
        StoreRefusedError: the server refuses the connection, is too old, or lacks what is needed.
        BucketRefusedError: the S3 server refuses what is needed.
        StoreVersionError: another version of the program wrote the database.
        StoreUnavailableError: the server does not answer in time.
    """
    async with open_database(url, patience, queues) as database:
        if bucket_url is None:
            if await database.transaction(lambda t: t.rows(IN_A_BUCKET)):
                raise StoreRefusedError(*NO_BUCKET)
            yield stores_on(database, PostgresBlobStore(database))
            return
        from bot.storage.postgres.bucket_blobs import BucketBlobStore
        from bot.storage.s3 import open_bucket

        blobs = BucketBlobStore(database, await open_bucket(bucket_url, patience))
        async with blobs.deleting():
            yield stores_on(database, blobs)

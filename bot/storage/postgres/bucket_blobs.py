"""Pictures in a bucket, each with a row of the table `blob` that says so.

The row is written before its object and deleted with it, so each object has a row, and what is true of rows is true of
objects: they are held while they are about to be named, and swept when a crash has left them.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from typing_extensions import override

from bot.storage.errors import StoreError
from bot.storage.models import BlobKey
from bot.storage.patience import PAUSE
from bot.storage.postgres.blobs import DELETE, PUT, PostgresBlobStore
from bot.storage.postgres.database import UNNAMED, PostgresDatabase
from bot.storage.s3 import Bucket
from bot.storage.sql.database import Transaction

log = structlog.get_logger(__name__)

LOOK = 60.0  # seconds between two looks for objects that other hosts have dropped and not deleted

# What is due is locked against those who hold it to name it; whether it is named is asked once more behind the lock.
DUE = f"SELECT key FROM blob WHERE put_at = 0 AND data = '' AND {UNNAMED} LIMIT 100 FOR UPDATE SKIP LOCKED"
DELETE_DUE = f"DELETE FROM blob WHERE key = ANY(:keys) AND {UNNAMED} RETURNING key"


class BucketBlobStore(PostgresBlobStore):
    """Blobs as objects. Those that were put into the table before are still found there."""

    def __init__(self, database: PostgresDatabase, bucket: Bucket) -> None:
        super().__init__(database)
        self._dropped = database.blobs_dropped
        self._bucket = bucket

    @override
    async def put(self, data: bytes) -> BlobKey:
        key = BlobKey(secrets.token_hex(16))
        await self._database.transaction(lambda t: t.rows(PUT, {"key": key, "data": b""}), self.patience)
        await self._bucket.put(key, data)
        return key

    @override
    async def get(self, key: BlobKey) -> bytes:
        try:
            return await self._bucket.get(key)
        except KeyError:
            if data := await super().get(key):
                return data
            raise

    @override
    async def delete(self, key: BlobKey) -> None:
        await self._bucket.delete([key])
        await self._database.transaction(lambda t: t.rows(DELETE, {"key": key}), self.patience)

    @asynccontextmanager
    async def deleting(self) -> AsyncIterator[None]:
        """Delete during the block what is dropped, as soon as it is, and what earlier processes have left."""
        task = asyncio.create_task(self._delete_dropped())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _delete_dropped(self) -> None:
        while True:
            self._dropped.clear()
            try:
                while await self._database.transaction(self._delete_due):
                    pass
            except StoreError as error:
                log.warning("blobs_not_deleted", reason=str(error), next_try_seconds=PAUSE)
                await asyncio.sleep(PAUSE)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._dropped.wait()

    async def _delete_due(self, t: Transaction) -> int:
        """Delete some objects and, once they are gone, their rows; return how many. Repeating it does no harm."""
        keys = [row["key"] for row in await t.rows(DUE)]
        if gone := [row["key"] for row in await t.rows(DELETE_DUE, {"keys": keys})]:
            await self._bucket.delete(gone)
        return len(gone)

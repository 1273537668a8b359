"""Pictures in the table `blob`."""

from __future__ import annotations

import secrets

from typing_extensions import override

from bot.storage.models import BlobKey
from bot.storage.postgres.database import PostgresTransaction
from bot.storage.protocols import BlobStore
from bot.storage.sql.database import Database, Transaction

PUT = "INSERT INTO blob (key, data) VALUES (:key, :data)"
GET = "SELECT data FROM blob WHERE key = :key"
DELETE = "DELETE FROM blob WHERE key = :key"

IN_A_BUCKET = "SELECT key FROM blob WHERE data = '' LIMIT 1"
NO_BUCKET = ("some of its pictures are in a bucket", "set VITRAGE_BLOBS to it")


class PostgresBlobStore(BlobStore):
    """Blobs beside the rows that name them; those that are dropped go with the transaction that drops them."""

    patience = 2.0  # seconds that a call waits for a server that does not answer

    def __init__(self, database: Database) -> None:
        self._database = database

    @override
    async def put(self, data: bytes) -> BlobKey:
        key = BlobKey(secrets.token_hex(16))
        await self._database.transaction(lambda t: t.rows(PUT, {"key": key, "data": data}), self.patience)
        return key

    @override
    async def get(self, key: BlobKey) -> bytes:
        async def read(t: Transaction) -> bytes:
            assert isinstance(t, PostgresTransaction)
            for row in await t.rows(GET, {"key": key}, binary=True):
                return bytes(row["data"])
            raise KeyError(key)

        return await self._database.transaction(read, self.patience)

    @override
    async def delete(self, key: BlobKey) -> None:
        await self._database.transaction(lambda t: t.rows(DELETE, {"key": key}), self.patience)

"""The stores, in SQL that SQLite and PostgreSQL understand; `Dialects` has what they spell differently."""

from __future__ import annotations

from bot.storage.protocols import BlobStore, Stores
from bot.storage.sql.database import Database
from bot.storage.sql.deliveries import SqlDeliveryStore
from bot.storage.sql.drafts import SqlDraftStore
from bot.storage.sql.jobs import SqlJobStore
from bot.storage.sql.people import SqlPeopleStore
from bot.storage.sql.settings import SqlSettingsStore
from bot.storage.sql.styles import SqlStyleStore
from bot.storage.sql.updates import SqlUpdateStore
from bot.storage.sql.work import SqlWorkStore


def stores_on(database: Database, blobs: BlobStore) -> Stores:
    """Return all stores on a database that is open."""
    return Stores(
        blobs=blobs,
        drafts=SqlDraftStore(database),
        jobs=SqlJobStore(database),
        work=SqlWorkStore(database),
        deliveries=SqlDeliveryStore(database),
        updates=SqlUpdateStore(database),
        settings=SqlSettingsStore(database),
        styles=SqlStyleStore(database),
        people=SqlPeopleStore(database),
    )

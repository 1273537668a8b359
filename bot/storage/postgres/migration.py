"""Creates the tables in an empty database, and brings older ones to this release by numbered SQL files."""

from __future__ import annotations

from pathlib import Path

import psycopg

from bot.storage.sql.migration import scripts

SCHEMA = Path(__file__).with_name("schema.sql")
MIGRATIONS = Path(__file__).with_name("migrations")

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('vitrage migration', 0))"
EXISTS = "SELECT to_regclass('schema_version') IS NOT NULL"
VERSION = "SELECT version FROM schema_version"
SET_VERSION = """
INSERT INTO schema_version (id, version) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET version = excluded.version
"""


async def migrate(connection: psycopg.AsyncConnection, folder: Path = MIGRATIONS) -> None:
    """Create or upgrade the tables in one transaction; other processes that start wait for it.

    Args:
        connection: In autocommit mode.
        folder: The migrations.

    Raises:
        StoreVersionError: Another version of the program wrote the database.
    """
    async with connection.transaction():
        await connection.execute(LOCK)
        [exists] = await (await connection.execute(EXISTS)).fetchone() or [False]
        [found] = (await (await connection.execute(VERSION)).fetchone() if exists else None) or [0]
        files, newest = scripts(found, SCHEMA, folder, f"The PostgreSQL database {connection.info.dbname}")
        for file in files:
            await connection.execute(file.read_bytes())
        if found != newest:
            await connection.execute(SET_VERSION, (newest,))

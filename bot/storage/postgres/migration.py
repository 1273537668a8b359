"""Creates the tables in an empty database, and brings older ones to this release by numbered SQL files."""

from __future__ import annotations

from pathlib import Path

import psycopg
from procrastinate.schema import SchemaManager

from bot.storage.errors import StoreRefusedError
from bot.storage.sql.migration import scripts

SCHEMA = Path(__file__).with_name("schema.sql")
MIGRATIONS = Path(__file__).with_name("migrations")

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('vitrage migration', 0))"
EXISTS = "SELECT to_regclass('schema_version') IS NOT NULL"
VERSION = "SELECT version FROM schema_version"
SET_VERSION = """
INSERT INTO schema_version (id, version) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET version = excluded.version
"""

CARRIER_SEEN = "SELECT name FROM carrier_migration"
SEE_CARRIER = "INSERT INTO carrier_migration (name) SELECT unnest(%s::text[])"
# No claim from before the first of procrastinate's jobs has the number of a later one.
FIRST_FENCE = "SELECT setval('procrastinate_jobs_id_seq', max(fence) + 1, false) FROM job HAVING max(fence) > 0"


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
        await _migrate_carrier(connection)


async def _migrate_carrier(connection: psycopg.AsyncConnection) -> None:
    """Create or upgrade the tables of procrastinate, which does not remember itself what they have seen.

    Raises:
        StoreRefusedError: A newer release of procrastinate has upgraded them.
    """
    seen = {name for [name] in await (await connection.execute(CARRIER_SEEN)).fetchall()}
    scripts = _carrier_scripts()
    if seen - scripts.keys():
        raise StoreRefusedError("a newer release of procrastinate has changed its tables", "update it on this host")
    new = [script for name, script in scripts.items() if name not in seen]
    for script in new if seen else (SchemaManager.get_schema(), FIRST_FENCE):
        await connection.execute(script.encode())
    await connection.execute(SEE_CARRIER, [sorted(scripts.keys() - seen)])


def _carrier_scripts() -> dict[str, str]:
    """Return the migrations of procrastinate by their names, in order."""
    folder = Path(SchemaManager.get_migrations_path())
    return {file.name: file.read_text("utf-8") for file in sorted(folder.glob("*.sql"))}

"""Creates an empty database from `schema.sql`, and brings an older one to this release by numbered SQL files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import aiosqlite

from bot.storage.sql.migration import scripts

SCHEMA = Path(__file__).with_name("schema.sql")
MIGRATIONS = Path(__file__).with_name("migrations")


async def migrate(connection: aiosqlite.Connection, path: Path, folder: Path = MIGRATIONS) -> None:
    """Create or upgrade the tables in one transaction; SQLite's `user_version` tells what a file has.

    Args:
        connection: in autocommit mode.
        path: the database's file, for the error.
        folder: the migrations.

    Raises:
        StoreVersionError: another version of the program wrote the file.
    """
    [[found]] = await connection.execute_fetchall("PRAGMA user_version")
    files, newest = scripts(found, SCHEMA, folder, path)
    await connection.execute_fetchall("BEGIN IMMEDIATE")
    try:
        for file in files:
            for statement in statements(file.read_text(encoding="utf-8")):
                await connection.execute_fetchall(statement)
        await connection.execute_fetchall(f"PRAGMA user_version = {newest}")
        await connection.commit()
    finally:
        await connection.rollback()  # does nothing after the commit


def statements(script: str) -> Iterator[str]:
    """Split a script into statements; sqlite3's own executescript would commit before the first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

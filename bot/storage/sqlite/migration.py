"""Numbered SQL files that bring a database of any older version to this program's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import aiosqlite

from bot.storage.errors import StoreNewerError

MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(connection: aiosqlite.Connection, path: Path, folder: Path = MIGRATIONS) -> None:
    """Run the files that this database has not seen yet, all of them in one transaction."""
    scripts = read_scripts(folder)
    [[found]] = await connection.execute_fetchall("PRAGMA user_version")
    if found > len(scripts):
        raise StoreNewerError(path, found, len(scripts))
    await connection.execute_fetchall("BEGIN IMMEDIATE")
    try:
        for script in scripts[found:]:
            for statement in statements(script):
                await connection.execute_fetchall(statement)
        await connection.execute_fetchall(f"PRAGMA user_version = {len(scripts)}")
        await connection.commit()
    finally:
        await connection.rollback()  # does nothing after the commit


def read_scripts(folder: Path) -> list[str]:
    """Return the migrations in their order: the n-th makes version n."""
    return [file.read_text(encoding="utf-8") for file in sorted(folder.glob("[0-9]*.sql"))]


def statements(script: str) -> Iterator[str]:
    """Split a script into statements; sqlite3's own executescript would commit before the first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

"""A SQLite database and its folder of pictures, as one end of a move to or from PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiosqlite

from bot.storage.blobs import FileBlobStore
from bot.storage.errors import StoreDamagedError
from bot.storage.models import BlobKey
from bot.storage.sql.ends import UPGRADE, MoveError, Tables, Values, in_order
from bot.storage.sql.migration import scripts
from bot.storage.sqlite.database import NAMED_BLOBS
from bot.storage.sqlite.failures import store_error
from bot.storage.sqlite.file_lock import locked
from bot.storage.sqlite.migration import MIGRATIONS, SCHEMA
from bot.storage.sqlite.opening import open_connection

BATCH = 500  # rows that are written by one call

_OURS = "t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
COLUMNS = f"""
SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
WHERE {_OURS} AND NOT c.hidden ORDER BY c.name
"""
REFERENCES = f'SELECT t.name, f."table" FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE {_OURS}'


class SqliteEnd:
    """A SQLite database in autocommit mode, or in a transaction that only reads."""

    json_columns: frozenset[tuple[str, str]] = frozenset()

    def __init__(self, path: Path, connection: aiosqlite.Connection, blobs: FileBlobStore) -> None:
        self.name = str(path)
        self._connection = connection
        self.picture, self.put_picture = blobs.get, blobs.put_as

    async def tables(self) -> Tables:
        """Return the tables but SQLite's own."""
        tables: Tables = {}
        for table, column in await self._connection.execute_fetchall(COLUMNS):
            tables[table] = (*tables.get(table, ()), column)
        return in_order(tables, [(row[0], row[1]) for row in await self._connection.execute_fetchall(REFERENCES)])

    async def count(self, table: str) -> int:
        """Return how many rows a table has."""
        [[count]] = await self._connection.execute_fetchall(f'SELECT count(*) FROM "{table}"')
        return int(count)

    async def rows(self, table: str, columns: tuple[str, ...]) -> AsyncIterator[Values]:
        """Yield the rows of a table."""
        async with self._connection.execute(f'SELECT {_names(columns)} FROM "{table}"') as cursor:
            async for row in cursor:
                yield tuple(row)

    async def numbers(self) -> dict[str, int]:
        """Return the last number of each table with AUTOINCREMENT that has given one."""
        rows = await self._connection.execute_fetchall("SELECT name, seq FROM sqlite_sequence WHERE seq > 0")
        return {row[0]: row[1] for row in rows}

    async def named_pictures(self) -> set[BlobKey]:
        """Return the keys of the pictures that the rows name."""
        return {BlobKey(row[0]) for row in await self._connection.execute_fetchall(NAMED_BLOBS)}

    @asynccontextmanager
    async def filling(self) -> AsyncIterator[None]:
        """Make the block one transaction."""
        await self._connection.execute_fetchall("BEGIN IMMEDIATE")
        try:
            yield
            await self._connection.commit()
        finally:
            await self._connection.rollback()  # does nothing after the commit

    async def replace(self, table: str, columns: tuple[str, ...], rows: AsyncIterator[Values]) -> None:
        """Put these rows in place of all rows of a table."""
        await self._connection.execute_fetchall(f'DELETE FROM "{table}"')
        marks = ", ".join("?" * len(columns))
        insert = f'INSERT INTO "{table}" ({_names(columns)}) VALUES ({marks})'
        batch: list[Values] = []
        async for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                await self._connection.executemany(insert, batch)
                batch.clear()
        await self._connection.executemany(insert, batch)

    async def set_numbers(self, numbers: dict[str, int]) -> None:
        """Let the tables go on after these numbers."""
        await self._connection.execute_fetchall("DELETE FROM sqlite_sequence")
        await self._connection.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", numbers.items())


@asynccontextmanager
async def open_origin(path: Path, blobs_folder: Path) -> AsyncIterator[SqliteEnd]:
    """Read the database as it is now, by a connection that cannot write.

    Raises:
        StoreError: it is not there, is in use, or another release wrote it.
    """
    file = _file_uri(path, blobs_folder)
    with locked(path), _store_errors(path):
        connection = await aiosqlite.connect(f"{file}?mode=ro", uri=True, isolation_level=None)
        try:
            await connection.execute_fetchall("BEGIN")
            [[version]] = await connection.execute_fetchall("PRAGMA user_version")
            if not version:
                raise MoveError(f"{path} is not the database of a bot: nothing to move.")
            if scripts(version, SCHEMA, MIGRATIONS, path)[0]:
                raise MoveError(f"{path} is of an older release: {UPGRADE}.")
            yield SqliteEnd(path, connection, FileBlobStore(blobs_folder))
        finally:
            await connection.close()


@asynccontextmanager
async def open_target(path: Path, blobs_folder: Path) -> AsyncIterator[SqliteEnd]:
    """Open the database, and make it and its tables where there are none.

    Raises:
        StoreError: it is in use, cannot be written, or another release wrote it.
    """
    async with open_connection(path, patience=0.0) as connection:
        with _store_errors(path):
            yield SqliteEnd(path, connection, FileBlobStore(blobs_folder))


def _file_uri(path: Path, blobs_folder: Path) -> str:
    """Return the database's address for SQLite.

    Raises:
        MoveError: it or its pictures are not there.
    """
    if not path.is_file():
        raise MoveError(f"{path} is not there: nothing to move.")
    if not blobs_folder.is_dir():
        raise MoveError(f"The pictures' folder {blobs_folder} is not there: set VITRAGE_DATA_DIR to the data folder.")
    return path.resolve().as_uri()


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


@contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise store_error(error, path) or StoreDamagedError(path, error) from error

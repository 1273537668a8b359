"""A PostgreSQL database, and the bucket of its pictures if there is one, as one end of a move from or to SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Composed, Identifier
from psycopg.types.string import TextLoader

from bot.storage.errors import StoreRefusedError
from bot.storage.models import BlobKey
from bot.storage.postgres import use_lock
from bot.storage.postgres.blobs import IN_A_BUCKET, NO_BUCKET
from bot.storage.postgres.database import storable
from bot.storage.postgres.failures import sentence
from bot.storage.postgres.migration import EXISTS, MIGRATIONS, SCHEMA, VERSION
from bot.storage.postgres.opening import create_or_upgrade, open_connection
from bot.storage.sql.ends import UPGRADE, MoveError, Tables, Values, in_order
from bot.storage.sql.migration import scripts

if TYPE_CHECKING:
    from bot.storage.s3 import Bucket

BATCH = 500  # rows that are read by one call

# The tables that only PostgreSQL has: SQLite keeps its version and its pictures elsewhere, and needs no carrier. What
# carries the jobs is made again from their rows.
OWN_TABLES = ["schema_version", "blob", "carrier_migration"]

_TABLES = "c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> ALL(%(own)s)"
_TABLES += " AND NOT starts_with(c.relname, 'procrastinate_')"
COLUMNS = f"""
SELECT c.relname, a.attname, a.atttypid = 'jsonb'::regtype, a.attidentity <> ''
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE {_TABLES} AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
ORDER BY a.attname COLLATE "C"
"""
REFERENCES = f"""
SELECT c.relname, other.relname
FROM pg_constraint JOIN pg_class AS c ON c.oid = conrelid JOIN pg_class AS other ON other.oid = confrelid
WHERE contype = 'f' AND {_TABLES}
"""

NAMED_PICTURES = """
SELECT unnest(blobs) FROM job WHERE delivery <> 'done'
UNION SELECT blob FROM photo WHERE left_at IS NULL
UNION SELECT picture FROM kept_result
UNION SELECT timelapse FROM kept_result WHERE timelapse IS NOT NULL
"""

PICTURE = "SELECT data FROM blob WHERE key = %s"
PUT_PICTURE = """
INSERT INTO blob (key, data) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET data = excluded.data, put_at = excluded.put_at
"""

# A move may wait long for a picture, or for rows of the other database.
SESSION = "SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0"


class PostgresEnd:
    """A PostgreSQL database in autocommit mode, or in a transaction that only reads."""

    def __init__(
        self, connection: psycopg.AsyncConnection, columns: list[tuple[str, str, bool, bool]], bucket: Bucket | None
    ) -> None:
        self.name = _name(connection)
        self.json_columns = frozenset((table, column) for table, column, is_json, _ in columns if is_json)
        self._numbered = [(table, column) for table, column, _, is_numbered in columns if is_numbered]
        self._columns = columns
        self._connection = connection
        self._bucket = bucket

    async def tables(self) -> Tables:
        """Return the tables but PostgreSQL's own."""
        tables: Tables = {}
        for table, column, *_ in self._columns:
            tables[table] = (*tables.get(table, ()), column)
        references = await self._connection.execute(REFERENCES, {"own": OWN_TABLES})
        return in_order(tables, await references.fetchall())

    async def count(self, table: str) -> int:
        """Return how many rows a table has."""
        found = await self._connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(table)))
        [count] = await found.fetchone() or [0]
        return int(count)

    async def rows(self, table: str, columns: tuple[str, ...]) -> AsyncIterator[Values]:
        """Yield the rows of a table."""
        query = SQL("SELECT {} FROM {}").format(_names(columns), Identifier(table))
        async with self._connection.cursor("rows") as cursor:
            cursor.itersize = BATCH
            await cursor.execute(query)
            async for row in cursor:
                yield tuple(int(value) if isinstance(value, bool) else value for value in row)

    async def numbers(self) -> dict[str, int]:
        """Return the last number of each table with an identity column that has given one."""
        numbers = {}
        for table, column in self._numbered:
            found = await self._connection.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
            [sequence] = await found.fetchone() or [""]
            last = await self._connection.execute(f"SELECT last_value FROM {sequence} WHERE is_called".encode())
            if row := await last.fetchone():
                numbers[table] = int(row[0])
        return numbers

    async def named_pictures(self) -> set[BlobKey]:
        """Return the keys of the pictures that the rows name."""
        return {BlobKey(key) for [key] in await (await self._connection.execute(NAMED_PICTURES)).fetchall()}

    async def picture(self, key: BlobKey) -> bytes:
        """Return a picture; KeyError if it is gone."""
        if self._bucket:
            with suppress(KeyError):
                return await self._bucket.get(key)
        async with self._connection.cursor(binary=True) as cursor:
            row = await (await cursor.execute(PICTURE, [key])).fetchone()
        if not row or not row[0]:
            raise KeyError(key)
        return bytes(row[0])

    async def put_picture(self, key: BlobKey, data: bytes) -> None:
        """Store a picture durably, in place of one that has this key."""
        await self._connection.execute(PUT_PICTURE, [key, b"" if self._bucket else data])
        if self._bucket:
            await self._bucket.put(key, data)

    @asynccontextmanager
    async def filling(self) -> AsyncIterator[None]:
        """Make the block one transaction."""
        async with self._connection.transaction():
            yield

    async def replace(self, table: str, columns: tuple[str, ...], rows: AsyncIterator[Values]) -> None:
        """Put these rows in place of all rows of a table. As text, they are what the columns' types make of them."""
        await self._connection.execute(SQL("DELETE FROM {}").format(Identifier(table)))
        into = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), _names(columns))
        async with self._connection.cursor() as cursor, cursor.copy(into) as copy:
            async for row in rows:
                await copy.write_row([storable(value) for value in row])

    async def set_numbers(self, numbers: dict[str, int]) -> None:
        """Let the tables go on after these numbers."""
        for table, column in self._numbered:
            if table in numbers:
                values = [table, column, numbers[table]]
                await self._connection.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", values)


@asynccontextmanager
async def open_origin(url: str, bucket_url: str | None) -> AsyncIterator[PostgresEnd]:
    """Read the database as it is now, in a transaction that cannot write.

    Raises:
        StoreError: it has no tables, is in use, cannot be reached, or another release wrote it.
    """
    async with open_connection(url, patience=0.0) as connection:
        await _take(connection)
        [exists] = await (await connection.execute(EXISTS)).fetchone() or [False]
        if not exists:
            raise MoveError(f"{_name(connection)} is not that of a bot: nothing to move.")
        [version] = await (await connection.execute(VERSION)).fetchone() or [0]
        if scripts(version, SCHEMA, MIGRATIONS, _name(connection))[0]:
            raise MoveError(f"{_name(connection)} is of an older release: {UPGRADE}.")
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if not bucket_url and await (await connection.execute(IN_A_BUCKET)).fetchone():
            raise StoreRefusedError(*NO_BUCKET)
        with _move_errors(connection):
            yield PostgresEnd(connection, await _columns(connection), _bucket(bucket_url))


@asynccontextmanager
async def open_target(url: str, bucket_url: str | None) -> AsyncIterator[PostgresEnd]:
    """Open the database, and make its tables where there are none.

    Raises:
        StoreError: it is in use, cannot be reached or written, or another release wrote it.
    """
    async with open_connection(url, patience=0.0) as connection:
        await _take(connection)
        bucket = _bucket(bucket_url)
        if bucket:
            await bucket.try_out()
        await create_or_upgrade(connection)
        with _move_errors(connection):
            yield PostgresEnd(connection, await _columns(connection), bucket)


async def _take(connection: psycopg.AsyncConnection) -> None:
    """Prepare the connection, and keep bots and workers out while it lasts.

    Raises:
        MoveError: one of them is at work.
    """
    connection.adapters.register_loader("jsonb", TextLoader)
    await connection.execute(SESSION)
    if not await use_lock.take(connection):
        raise MoveError(f"{_name(connection)} is used by a bot, a worker or another move: stop them all first.")


async def _columns(connection: psycopg.AsyncConnection) -> list[tuple[str, str, bool, bool]]:
    rows = await (await connection.execute(COLUMNS, {"own": OWN_TABLES})).fetchall()
    return [(table, column, is_json, is_numbered) for table, column, is_json, is_numbered in rows]


def _bucket(url: str | None) -> Bucket | None:
    if url is None:
        return None
    from bot.storage.s3 import Bucket

    return Bucket(url)


def _name(connection: psycopg.AsyncConnection) -> str:
    return f"The PostgreSQL database {connection.info.dbname}"


def _names(columns: tuple[str, ...]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))


@contextmanager
def _move_errors(connection: psycopg.AsyncConnection) -> Iterator[None]:
    """Convert what psycopg raises once the move is under way."""
    try:
        yield
    except psycopg.Error as error:
        what = f"{_name(connection)} ended the move ({sentence(error)})"
        raise MoveError(f"{what}: mend that, then start the same command again.") from error

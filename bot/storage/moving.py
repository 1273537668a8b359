"""`vitrage move-store`: everything of a database on SQLite to one on PostgreSQL, or back.

Pictures are copied first, each by itself, so that an interrupted move goes on. Then all rows are copied in one
transaction, which is committed once both databases have the same in every table.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bot.storage.databases import POSTGRES, SQLITE, check_extras, shown
from bot.storage.errors import StoreUnavailableError
from bot.storage.models import BlobKey
from bot.storage.sql.ends import MoveError, Origin, Tables, Target, Values

UNUSED = {"schedule", "worker"}  # tables that may have rows in a database that no bot has used
STEP = 100  # pictures between two lines about the progress

Say = Callable[[str], None]


@dataclass(frozen=True)
class Moved:
    """What was moved.

    Attributes:
        rows: How many each table has.
        copied: How many pictures were copied.
        there: How many pictures an earlier, interrupted move had copied.
        missing: How many pictures are named in the database but were not there.
    """

    rows: dict[str, int]
    copied: int
    there: int
    missing: int

    def __str__(self) -> str:
        """Say it in one sentence for the operator."""
        earlier = f" ({self.there} of them earlier)" if self.there else ""
        lost = f"; {self.missing} more are named, but were not there" if self.missing else ""
        rows = f"{sum(self.rows.values())} rows in {len(self.rows)} tables"
        return f"{rows}, {self.copied + self.there} pictures{earlier}{lost}"


@dataclass
class Sum:
    """What is compared of a table.

    Attributes:
        rows: How many there are.
        checksum: The sum of their SHA-256, which does not depend on their order.
    """

    rows: int = 0
    checksum: int = 0

    def add(self, row: Values, is_json: tuple[bool, ...]) -> None:
        """Count a row in; JSON counts by its meaning, since PostgreSQL writes it otherwise."""
        meant = tuple(map(_meaning, row, is_json))
        self.checksum = (self.checksum + int.from_bytes(hashlib.sha256(ascii(meant).encode()).digest())) % 2**256
        self.rows += 1


async def move(origin_url: str, target_url: str, blobs_folder: Path, bucket_url: str | None, say: Say) -> Moved:
    """Copy everything; the origin is left as it is.

    Args:
        origin_url: sqlite:///FILE, a file, or postgresql://USER:PASSWORD@HOST/NAME.
        target_url: the other kind of database, without rows; its tables are made where there are none.
        blobs_folder: the pictures beside the SQLite database.
        bucket_url: s3://BUCKET/FOLDER, where the pictures are kept beside PostgreSQL; None: in it.
        say: takes lines about the progress.

    Raises:
        StoreError: it is not possible; the target has no rows, and the same call goes on where this one ended.
    """
    try:
        async with AsyncExitStack() as stack:
            origin_end, target_end = _ends(origin_url, target_url, blobs_folder, bucket_url)
            origin = await stack.enter_async_context(origin_end)
            target = await stack.enter_async_context(target_end)
            tables = await _tables(origin, target)
            pictures = await _copy_pictures(origin, target, say)
            async with target.filling():
                rows = {table: await _copy_table(origin, target, table, tables[table], say) for table in tables}
                await target.set_numbers(numbers := await origin.numbers())
                if await target.numbers() != numbers:
                    raise MoveError(f"{target.name} does not go on after the last numbers of {origin.name}.")
            return Moved(rows, *pictures)
    except StoreUnavailableError as error:  # what helps a bot is the same here, but a move does not wait
        raise MoveError(str(error).replace("everything goes on by itself", "start the same command again")) from error


def _ends(
    origin: str, target: str, blobs_folder: Path, bucket_url: str | None
) -> tuple[AbstractAsyncContextManager[Origin], AbstractAsyncContextManager[Target]]:
    """Return what opens the two databases.

    Raises:
        StoreError: they are of one kind or of none, or what PostgreSQL needs is not installed.
    """
    origin_file, target_file = _file(origin), _file(target)
    if (origin_file is None) == (target_file is None):
        raise MoveError(
            f"Both are {'SQLite' if origin_file else 'PostgreSQL'}, and a move goes from one to the other: "
            "docs/operate.md (Back up) says how either is copied."
        )
    check_extras(bucket_url)
    from bot.storage.postgres import end as postgres
    from bot.storage.sqlite import end as sqlite

    if origin_file:
        return sqlite.open_origin(origin_file, blobs_folder), postgres.open_target(target, bucket_url)
    assert target_file
    return postgres.open_origin(origin, bucket_url), sqlite.open_target(target_file, blobs_folder)


def _file(url: str) -> Path | None:
    """Return the file of a database on SQLite; None for one on PostgreSQL.

    Raises:
        MoveError: it is neither.
    """
    if url.startswith(POSTGRES):
        return None
    if "://" in url and not url.startswith(SQLITE):
        raise MoveError(f"{shown(url)} is no database: give a SQLite file, or postgresql://USER:PASSWORD@HOST/NAME.")
    return Path(url.removeprefix(SQLITE))


async def _tables(origin: Origin, target: Target) -> Tables:
    """Return what both databases have, in the order in which it can be put into the target.

    Raises:
        MoveError: one of them has a table or a column that the other has not, or the target has rows.
    """
    tables, others = await target.tables(), await origin.tables()
    if tables != others:
        different = sorted(table for table in {*tables, *others} if tables.get(table) != others.get(table))
        raise MoveError(f"{origin.name} and {target.name} have other columns in: {', '.join(different)}.")
    for table in tables:
        if table not in UNUSED and (count := await target.count(table)):
            raise MoveError(f"{target.name} is not empty ({count} rows in {table}): give one that no bot has used yet.")
    return tables


async def _copy_pictures(origin: Origin, target: Target, say: Say) -> tuple[int, int, int]:
    """Copy the pictures under their keys; return how many, how many were there already, and how many are missing."""
    keys = sorted(await origin.named_pictures())
    copied = there = missing = 0
    for number, key in enumerate(keys, start=1):
        try:
            data = await origin.picture(key)
        except KeyError:
            missing += 1
            continue
        if await _has(target, key, data):
            there += 1
        else:
            await target.put_picture(key, data)
            if not await _has(target, key, data):
                raise MoveError(
                    f"{target.name}: the picture {key} is not as it was put there. Look for a failing disk."
                )
            copied += 1
        if number % STEP == 0 or number == len(keys):
            say(f"pictures: {number} of {len(keys)}")
    return copied, there, missing


async def _has(target: Target, key: BlobKey, data: bytes) -> bool:
    try:
        return await target.picture(key) == data
    except KeyError:
        return False


async def _copy_table(origin: Origin, target: Target, table: str, columns: tuple[str, ...], say: Say) -> int:
    """Copy all rows of a table; return how many.

    Raises:
        MoveError: the target has others than the origin afterwards.
    """
    jsons = origin.json_columns | target.json_columns
    is_json = tuple((table, column) in jsons for column in columns)
    sent, arrived = Sum(), Sum()

    async def counted() -> AsyncIterator[Values]:
        async for row in origin.rows(table, columns):
            sent.add(row, is_json)
            yield row

    await target.replace(table, columns, counted())
    async for row in target.rows(table, columns):
        arrived.add(row, is_json)
    if sent != arrived:
        raise MoveError(
            f"The table {table} did not arrive as it was ({sent.rows} rows sent, {arrived.rows} arrived): "
            "nothing was moved. Please report it."
        )
    say(f"rows of {table}: {sent.rows}")
    return sent.rows


def _meaning(value: float | str | None, is_json: bool) -> object:
    """Return what a value means on both databases."""
    if not isinstance(value, str):
        return value
    if is_json:  # PostgreSQL orders the keys, and has no negative zero
        return json.dumps(json.loads(value, parse_float=lambda digits: float(digits) + 0.0), sort_keys=True)
    return value.replace("\0", "\ufffd")  # PostgreSQL's texts have no zero characters

"""Pictures beside the rows that name them."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from bot.storage.protocols import Stores
from bot.storage.sql.database import Transaction
from tests.support.jobs import ALICE, database_of, enqueue, eventually, kept_blobs
from tests.support.postgres import OTHERS, read

DAY = 24 * 3600.0


async def test_pictures_are_deleted_with_the_rows_that_name_them(
    stores: Stores, observer: psycopg.AsyncConnection
) -> None:
    """In the same transaction: if it is not committed, they stay. They are stored as they are, beside the row."""
    job = await enqueue(stores, "u1")

    async def fail(t: Transaction) -> None:
        await t.rows("DELETE FROM job WHERE id = :id", {"id": job.id})
        t.drop(job.content)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database_of(stores).transaction(fail)
    assert await kept_blobs(stores) == {job.content, *job.styles}
    await stores.people.forget(ALICE.user_id)
    assert await kept_blobs(stores) == set()
    external = "SELECT attstorage FROM pg_attribute WHERE attrelid = 'blob'::regclass AND attname = 'data'"
    assert await read(observer, external) == [("e",)]


async def test_a_picture_that_is_about_to_be_named_is_not_deleted(
    stores: Stores, others: Stores, observer: psycopg.AsyncConnection
) -> None:
    """A host that drops it waits for another host that is about to name it, and finds it named then."""
    picture = await stores.blobs.put(b"painted")
    held, go_on = asyncio.Event(), asyncio.Event()

    async def name_it(t: Transaction) -> None:
        await t.lock("any")
        await t.hold([picture])
        held.set()
        await go_on.wait()
        row = {"key": picture}
        await t.rows("INSERT INTO kept_result (job_id, user_id, picture, kept_at) VALUES (1, 1, :key, 0)", row)

    async def drop_it(t: Transaction) -> None:
        await t.lock("other")
        t.drop(picture)

    async def waits() -> bool:
        return bool(await read(observer, f"SELECT pid {OTHERS} AND wait_event_type = 'Lock'"))

    naming = asyncio.create_task(database_of(others).transaction(name_it))
    await held.wait()
    dropping = asyncio.create_task(database_of(stores).transaction(drop_it))
    await eventually(waits)
    go_on.set()
    await asyncio.gather(naming, dropping)
    assert await stores.blobs.get(picture) == b"painted"


async def test_what_a_crash_left_is_swept_after_a_day(stores: Stores, observer: psycopg.AsyncConnection) -> None:
    """Not sooner: another host may be about to name it."""
    job = await enqueue(stores, "u1")
    orphan, fresh = await stores.blobs.put(b"orphan"), await stores.blobs.put(b"fresh")
    await observer.execute("UPDATE blob SET put_at = put_at - %s WHERE key <> %s", (DAY + 1, fresh))
    await stores.people.prune()
    assert await kept_blobs(stores) == {job.content, *job.styles, fresh}
    assert orphan != fresh

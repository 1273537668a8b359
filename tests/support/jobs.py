"""People, photos and requests that the tests of the queue and of the worker share."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiosqlite

from bot.storage.blobs import FileBlobStore
from bot.storage.models import Address, BlobKey, Job, NewJob, Recipe
from bot.storage.postgres.bucket_blobs import BucketBlobStore
from bot.storage.protocols import Stores, Topic
from bot.storage.sql.database import Database, SqlStore
from bot.storage.sqlite.database import SqliteDatabase
from tests.support.s3 import objects

ALICE = Address(chat_id=100, thread_id=None, user_id=1)
BOB = Address(chat_id=200, thread_id=7, user_id=2)


@dataclasses.dataclass
class Clock:
    """A wall clock that the test sets."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def database_of(stores: Stores) -> Database:
    """Return the database behind stores."""
    assert isinstance(stores.jobs, SqlStore)
    return stores.jobs._database


def connection_of(stores: Stores) -> aiosqlite.Connection:
    """Return the one connection behind stores on SQLite."""
    database = database_of(stores)
    assert isinstance(database, SqliteDatabase)
    return database._connection


def wake(stores: Stores, topic: Topic) -> None:
    """Let those who wait for a topic look at the stores again, as a change would."""
    database_of(stores).wake(topic)


async def enqueue(stores: Stores, key: str, *, content: bytes = b"cat", **changes: Any) -> Job:
    """Queue a job with a content and a style picture of its own."""
    new = NewJob(
        dedup_key=key,
        address=ALICE,
        message_id=10,
        language="ru",
        recipe=Recipe(),
        content=await stores.blobs.put(content),
        styles=(await stores.blobs.put(b"glass"),),
    )
    return await stores.jobs.enqueue(dataclasses.replace(new, **changes))


async def claim(stores: Stores, worker: str = "w") -> Job:
    """Claim a job that must be there."""
    job = await stores.work.claim(worker)
    assert job is not None
    return job


async def current(stores: Stores, job: Job) -> Job:
    """Read a job that must be there again."""
    found = await stores.jobs.get(job.id)
    assert found is not None
    return found


async def render(stores: Stores, job: Job, *, seconds: float = 1.0) -> BlobKey:
    """Complete a claimed job; return the blob of its picture."""
    key = await stores.blobs.put(b"painted")
    assert await stores.work.complete(job, key, {"device": "cpu"}, seconds)
    return key


async def kept_blobs(stores: Stores) -> set[str]:
    """Return the keys of all blobs that the stores have."""
    if isinstance(stores.blobs, FileBlobStore):
        return names(stores.blobs._folder)
    if isinstance(stores.blobs, BucketBlobStore):
        return await objects(stores.blobs._bucket)
    rows = await database_of(stores).transaction(lambda t: t.rows("SELECT key FROM blob"))
    return {row["key"] for row in rows}


def names(folder: Path) -> set[str]:
    """Return the names of a folder's files."""
    return {file.name for file in folder.iterdir()}


async def eventually(condition: Callable[[], Awaitable[bool]], *, within: float = 30.0) -> None:
    """Wait until the condition holds; TimeoutError if it does not in time."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 - what other processes do sets no event here
            await asyncio.sleep(0.01)


async def cancel_everywhere(stores: Stores, times: int) -> None:
    """Cancel calls of enqueue, at moments spread over the time that one takes; none may be done by half."""
    picture = await stores.blobs.put(b"cat")
    first = await enqueue(stores, "first", content=b"dog")
    new = NewJob(
        dedup_key="", address=ALICE, message_id=1, language="en", recipe=Recipe(), content=picture, styles=(picture,)
    )
    took = 0.0
    for number in range(times):
        numbered = dataclasses.replace(new, dedup_key=f"u{number}")
        began = time.perf_counter()
        task = asyncio.create_task(stores.jobs.enqueue(numbered))
        bystander = asyncio.create_task(stores.deliveries.set_status_message(first.id, number))
        if number:
            await asyncio.wait([task], timeout=took * number / times)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled():
            took = time.perf_counter() - began
        await bystander
        await stores.jobs.enqueue(numbered)
    assert len(await stores.deliveries.unsettled()) == times + 1
    assert (await current(stores, first)).status_message_id == times - 1

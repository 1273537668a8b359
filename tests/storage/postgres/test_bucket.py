"""Pictures in a bucket of a real S3 server, over a line that is not always good."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from bot.storage import s3 as s3_module
from bot.storage.databases import open_stores
from bot.storage.errors import BucketRefusedError, BucketUnavailableError, StoreRefusedError
from bot.storage.models import BlobKey, NewJob, Recipe
from bot.storage.postgres import open_postgres
from bot.storage.protocols import Stores
from bot.storage.s3 import open_bucket
from tests.support.jobs import ALICE, enqueue, eventually, kept_blobs
from tests.support.postgres import read
from tests.support.s3 import KEY_ID, SECRET, Line

DAY = 24 * 3600.0
NEW = NewJob(
    dedup_key="u2", address=ALICE, message_id=1, language="en", recipe=Recipe(), content=BlobKey(""), styles=()
)


@pytest.fixture
async def stores(postgres_url: str, bucket_url: str, line: Line) -> AsyncIterator[Stores]:
    """Empty stores that reach their bucket by the line."""
    async with open_postgres(postgres_url, bucket_url) as stores:
        yield stores


async def test_errors_of_the_server_are_waited_for(stores: Stores, line: Line) -> None:
    """A call ends well if the server mends itself soon, and with one sentence, nothing named, if it does not."""
    line.state = "failing"
    with pytest.raises(BucketUnavailableError, match="S3 server does not do what it is asked") as failure:
        await stores.blobs.put(b"picture")
    assert line.failures > 1  # it was tried again
    assert "\n" not in str(failure.value)
    assert SECRET not in str(failure.value)
    line.state = "good"
    assert await stores.blobs.get(await stores.blobs.put(b"picture")) == b"picture"


async def test_a_silent_server_holds_nobody_up_for_long(
    stores: Stores, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call ends after its time, and the next one works again."""
    key = await stores.blobs.put(b"picture")
    monkeypatch.setattr(s3_module, "ANSWER", 0.2)
    line.state = "silent"
    with pytest.raises(BucketUnavailableError, match="no answer in time"):
        await stores.blobs.get(key)
    monkeypatch.undo()
    line.state = "good"
    assert await stores.blobs.get(key) == b"picture"


async def test_what_is_dropped_while_the_server_fails_goes_later(stores: Stores, line: Line) -> None:
    """/forget ends at once; the objects go as soon as they can, except what has been named again meanwhile."""
    job, line.failures = await enqueue(stores, "u1"), 0
    line.state = "failing"
    await stores.people.forget(ALICE.user_id)

    async def tried() -> bool:
        return line.failures > 0

    await eventually(tried)
    again = dataclasses.replace(NEW, content=job.content)
    await stores.jobs.enqueue(again)
    line.state = "good"
    await eventually(lambda: _kept(stores, {job.content}))
    assert await stores.blobs.get(job.content) == b"cat"
    await stores.people.forget(ALICE.user_id)
    await eventually(lambda: _kept(stores, set()))


async def test_what_a_crash_left_is_deleted_by_another_process(
    stores: Stores, postgres_url: str, bucket_url: str, observer: psycopg.AsyncConnection
) -> None:
    """What was put and never named goes after a day, not sooner; also where its object was never written."""
    job = await enqueue(stores, "u1")
    orphan, fresh = await stores.blobs.put(b"orphan"), await stores.blobs.put(b"fresh")
    await observer.execute("INSERT INTO blob VALUES ('without an object', '')")
    await observer.execute("UPDATE blob SET put_at = put_at - %s WHERE key <> %s", (DAY + 1, fresh))
    kept: set[str] = {job.content, *job.styles, fresh}
    async with open_postgres(postgres_url, bucket_url) as others:
        await others.people.prune()

        await eventually(lambda: _kept(stores, kept))
    assert {key for [key] in await read(observer, "SELECT key FROM blob")} == kept
    with pytest.raises(KeyError):
        await stores.blobs.get(orphan)


async def test_what_is_in_the_table_is_still_found(postgres_url: str, bucket_url: str) -> None:
    """A bucket may come later; without it, what is in the bucket would be missing, so that is refused."""
    async with open_postgres(postgres_url) as stores:
        job = await enqueue(stores, "u1")
    async with open_postgres(postgres_url, bucket_url) as stores:
        assert await stores.blobs.get(job.content) == b"cat"
        await stores.people.forget(ALICE.user_id)
        await stores.blobs.put(b"picture")
        with pytest.raises(KeyError):
            await stores.blobs.get(job.content)
    with pytest.raises(StoreRefusedError, match="set VITRAGE_BLOBS"):
        async with open_postgres(postgres_url):
            pass


@pytest.mark.parametrize(
    ("changes", "url", "says"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "wrong-secret"}, "s3://pictures", "AWS_"),
        ({}, "s3://no-such-bucket", "VITRAGE_BLOBS"),
        ({"AWS_ENDPOINT_URL": "nonsense"}, "s3://pictures", "AWS_"),
    ],
)
async def test_wrong_settings_are_refused_in_one_sentence(
    bucket_url: str, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], url: str, says: str
) -> None:
    """At the start, however long a server may be waited for; no key is shown."""
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BucketRefusedError, match=says) as failure:
        await open_bucket(url, patience=60.0)
    said = str(failure.value)
    assert "\n" not in said
    assert not any(secret in said for secret in (SECRET, KEY_ID, "wrong-secret"))


async def test_a_server_that_is_not_there_is_waited_for(bucket_url: str, line: Line) -> None:
    """A server may start later than the bot."""
    line.state = "failing"
    with pytest.raises(BucketUnavailableError):
        await open_bucket(bucket_url, patience=0.0)


def test_a_bucket_needs_postgresql(tmp_path: Path) -> None:
    """SQLite has its pictures beside it: one sentence says so."""
    with pytest.raises(BucketRefusedError, match="set VITRAGE_DATABASE"):
        open_stores(f"sqlite:///{tmp_path / 'vitrage.db'}", tmp_path, "s3://pictures")
    assert list(tmp_path.iterdir()) == []


async def _kept(stores: Stores, keys: set[str]) -> bool:
    return await kept_blobs(stores) == keys

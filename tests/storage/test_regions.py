"""Conformance: the part of a picture that a user has marked, and photos that came under a spoiler."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.models import Job
from bot.storage.protocols import Stores
from tests.storage.conftest import Opener
from tests.support.jobs import ALICE, Clock, claim, current, enqueue, names, render

DAY = 24 * 3600.0


async def marked(stores: Stores, key: str = "u1") -> Job:
    """Queue a job with a mask."""
    mask = await stores.blobs.put(b"mask")
    return await enqueue(stores, key, mask=mask, marked="file:marked", sources=("file:a", "file:b"))


async def test_a_mask_is_kept_as_long_as_the_photos_of_its_job(opener: Opener, tmp_path: Path, clock: Clock) -> None:
    """Through crashes, retries and a new start of the program; what is left afterwards is where the photo is."""
    async with opener(tmp_path, clock) as stores:
        job = await marked(stores)
        assert await stores.jobs.retry(await claim(stores), 0.0, died=True)
        await claim(stores)
    async with opener(tmp_path, clock) as stores:
        assert await stores.jobs.reclaim("w") == 1
        claimed = await claim(stores)
        assert (claimed.mask, claimed.marked) == (job.mask, "file:marked")
        assert claimed.mask in names(tmp_path / "blobs")
        await render(stores, claimed)
        await stores.jobs.finish_delivery(job.id)
        after = await current(stores, job)
        assert (after.mask, after.marked) == (None, "file:marked")
        assert names(tmp_path / "blobs") == set()


@pytest.mark.parametrize("end", ["cancel", "forget", "swap"])
async def test_a_mask_goes_with_what_it_was_for(stores: Stores, tmp_path: Path, end: str) -> None:
    """Nothing of it stays when its job is cancelled or forgotten, or when its content becomes the style."""
    job = await marked(stores)
    if end == "cancel":
        await stores.jobs.cancel(job.id)
        await stores.jobs.finish_delivery(job.id)
    elif end == "forget":
        await stores.chats.forget(ALICE.user_id)
    else:
        assert await stores.jobs.swap(job.id, "OTHER")
        swapped = await current(stores, job)
        assert (swapped.mask, swapped.marked) == (None, "")
    assert job.mask not in names(tmp_path / "blobs")


async def test_a_question_is_known_as_long_as_its_job(stores: Stores, clock: Clock) -> None:
    """By chat and message; pruned and forgotten with the job's row, which may be gone already."""
    first, second = await enqueue(stores, "u1"), await enqueue(stores, "u2")
    for job, message_id in ((first, 5), (first, 6), (second, 7)):
        await stores.jobs.ask_part(job.id, 100, message_id)
    asked = [await stores.jobs.asked_part(100, message_id) for message_id in (5, 6, 7, 8)]
    assert [job.id if job else None for job in asked] == [first.id, first.id, second.id, None]
    assert await stores.jobs.asked_part(101, 5) is None
    await stores.jobs.cancel(first.id)
    await stores.jobs.finish_delivery(first.id)
    await stores.prune(clock.now + 8 * DAY)
    assert await stores.jobs.asked_part(100, 5) is None
    await stores.chats.forget(ALICE.user_id)
    assert await stores.jobs.asked_part(100, 7) is None
    await stores.jobs.ask_part(first.id, 100, 9)
    assert await stores.jobs.asked_part(100, 9) is None


async def test_a_spoiler_is_remembered_of_photos_and_jobs(stores: Stores) -> None:
    """From the draft to the delivery, and when content and style change places."""
    await stores.jobs.add_photo(ALICE, 1, await stores.blobs.put(b"cat"), spoiler=True)
    await stores.jobs.add_photo(ALICE, 2, await stores.blobs.put(b"glass"))
    assert [photo.spoiler for photo in await stores.jobs.draft(ALICE)] == [True, False]
    job = await enqueue(stores, "u1", spoiler=True)
    assert await stores.jobs.swap(job.id, "OTHER")
    assert (await current(stores, job)).spoiler
    assert not (await enqueue(stores, "u2")).spoiler

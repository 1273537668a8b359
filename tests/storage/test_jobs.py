"""Conformance: the queue, as those who ask for pictures use it."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from bot.storage.models import (
    Job,
    Load,
    Recipe,
    State,
    StyleRef,
)
from bot.storage.protocols import Stores
from tests.support.databases import Opener
from tests.support.jobs import ALICE, BOB, Clock, claim, current, enqueue, kept_blobs, render

DAY = 24 * 3600.0


async def test_a_job_is_read_back_as_it_was_asked_for(stores: Stores) -> None:
    """What a user chose is what the worker gets."""
    recipe = Recipe("fine", 1024, 80, "content")
    made = await enqueue(stores, "u1", recipe=recipe, address=BOB, message_id=42, language="en")
    job = await claim(stores)
    assert (job.id, job.recipe, job.address, job.message_id, job.language) == (made.id, recipe, BOB, 42, "en")
    assert await stores.blobs.get(job.content) == b"cat"
    assert [await stores.blobs.get(key) for key in job.styles] == [b"glass"]


async def test_the_same_update_makes_one_job(stores: Stores) -> None:
    """An update that comes again, also at the same moment, leads to one job, also when that one has ended."""
    jobs = await asyncio.gather(*(enqueue(stores, "u1") for _ in range(8)))
    assert len({job.id for job in jobs}) == 1
    await stores.jobs.cancel(jobs[0].id)
    assert (await enqueue(stores, "u1")).state == State.CANCELLED
    assert await stores.work.claim("w") is None


@pytest.mark.parametrize("running", [False, True])
async def test_cancel_ends_a_job_that_has_not_ended(stores: Stores, running: bool) -> None:
    """A queued or running job can be cancelled once; the queue goes on with the next."""
    job, following = await enqueue(stores, "u1"), await enqueue(stores, "u2")
    if running:
        await claim(stores)
    assert await stores.jobs.cancel(job.id)
    assert not await stores.jobs.cancel(job.id)
    assert (await current(stores, job)).state == State.CANCELLED
    assert (await claim(stores)).id == following.id
    await render(stores, await current(stores, following))
    assert not await stores.jobs.cancel(following.id)
    assert not await stores.jobs.cancel(12345)


async def test_jobs_of_a_user_in_a_chat(stores: Stores) -> None:
    """A user sees their own jobs of this chat, in order, as long as they have not ended."""
    mine = [await enqueue(stores, f"u{number}") for number in range(3)]
    await enqueue(stores, "v", address=BOB)
    await stores.jobs.cancel((await claim(stores)).id)
    assert [job.id for job in await stores.jobs.jobs_of(ALICE)] == [mine[1].id, mine[2].id]


async def test_the_load_counts_users_chats_and_days(stores: Stores, clock: Clock) -> None:
    """Queued and running jobs of this user, this chat and everyone; the user's jobs of the last 24 hours."""
    begin = clock.now
    friend = dataclasses.replace(ALICE, user_id=9)
    await enqueue(stores, "u1")
    clock.now += 100
    cancelled = await enqueue(stores, "u2")
    await stores.jobs.cancel(cancelled.id)
    await enqueue(stores, "u3", address=friend)
    await enqueue(stores, "u4", address=BOB)
    assert await stores.jobs.load(ALICE) == Load(own=1, chat=2, everyone=3, today=1, frees_in=DAY - 100)
    clock.now = begin + DAY + 1
    assert (await stores.jobs.load(ALICE)).today == 0


async def test_the_tally_tells_how_long_the_oldest_queued_job_has_waited(stores: Stores, clock: Clock) -> None:
    """A job that is painted does not wait any more; nobody waits in an empty queue."""
    assert (await stores.jobs.tally())["oldest"] == 0
    for key, address in (("u1", ALICE), ("u2", BOB)):
        await enqueue(stores, key, address=address)
        clock.now += 100
    assert (await stores.jobs.tally())["oldest"] == 200
    await claim(stores)
    tally = await stores.jobs.tally()
    assert (tally["queued"], tally["running"], tally["oldest"]) == (1, 1, 100)


async def test_swap_exchanges_content_and_style_of_a_queued_job(stores: Stores) -> None:
    """Pictures and their sources; not once the job is claimed, and not where there are several styles."""
    job = await enqueue(stores, "u1", sources=("file:a", "file:b"), style="KEY")
    assert await stores.jobs.swap(job.id, StyleRef("OTHER"))
    swapped = await current(stores, job)
    assert (swapped.content, swapped.styles) == (job.styles[0], (job.content,))
    assert (swapped.sources, swapped.style) == (("file:b", "file:a"), "OTHER")
    await claim(stores)
    assert not await stores.jobs.swap(job.id, StyleRef("KEY"))
    blobs = [await stores.blobs.put(b"x") for _ in range(2)]
    mixed = await enqueue(stores, "u2", styles=tuple(blobs), sources=("a", "b", "c"))
    assert not await stores.jobs.swap(mixed.id, StyleRef("KEY"))


async def test_the_style_of_a_job_can_be_fetched_again(stores: Stores) -> None:
    """Enqueue and swap remember where its pictures are, for recipe codes; a preset needs no sources of its own."""
    await enqueue(stores, "u1", sources=("file:cat", "preset:mosaic"), style="mosaic")
    job = await enqueue(stores, "u2", sources=("file:cat", "file:glass"), style="GLASS")
    assert await stores.jobs.swap(job.id, StyleRef("CAT"))
    assert await stores.styles.sources(StyleRef("mosaic")) is None
    assert await stores.styles.sources(StyleRef("GLASS")) == ("file:glass",)
    assert await stores.styles.sources(StyleRef("CAT")) == ("file:cat",)


async def test_a_swapped_job_begins_anew(stores: Stores) -> None:
    """The preview of an earlier attempt and the picture to continue from had the other content: they are deleted."""
    job = await enqueue(stores, "u1", sources=("a", "b"), start=await stores.blobs.put(b"start"))
    assert await stores.work.record_progress(await claim(stores), 0.5, None, await stores.blobs.put(b"preview"))
    assert await stores.work.reclaim("w") == 1
    assert await stores.jobs.swap(job.id, StyleRef("OTHER"))
    swapped = await current(stores, job)
    assert (swapped.start, swapped.preview, swapped.resumed) == (None, None, False)
    assert await kept_blobs(stores) == {swapped.content, *swapped.styles}


async def test_a_spoiler_is_remembered_of_photos_and_jobs(stores: Stores) -> None:
    """From the draft to the delivery, and when content and style change places."""
    await stores.drafts.add_photo(ALICE, 1, await stores.blobs.put(b"cat"), spoiler=True)
    await stores.drafts.add_photo(ALICE, 2, await stores.blobs.put(b"glass"))
    assert [photo.spoiler for photo in await stores.drafts.photos(ALICE)] == [True, False]
    job = await enqueue(stores, "u1", spoiler=True)
    assert await stores.jobs.swap(job.id, StyleRef("OTHER"))
    assert (await current(stores, job)).spoiler
    assert not (await enqueue(stores, "u2")).spoiler


async def test_everything_survives_a_restart(opener: Opener) -> None:
    """Jobs, drafts, settings and pictures are there when the program comes back."""
    async with opener() as stores:
        job = await enqueue(stores, "u1")
        await stores.deliveries.set_status_message(job.id, 77)
        await stores.drafts.add_photo(BOB, 5, await stores.blobs.put(b"dog"))
        await stores.settings.save_recipe(2, Recipe(size=300))
    async with opener() as stores:
        again = await claim(stores)
        assert (again.id, again.status_message_id) == (job.id, 77)
        assert await stores.blobs.get(again.content) == b"cat"
        [photo] = await stores.drafts.photos(BOB)
        assert await stores.blobs.get(photo.blob) == b"dog"
        assert await stores.settings.recipe(2) == Recipe(size=300)


async def test_waiting_ends_at_a_change(stores: Stores) -> None:
    """A change ends the wait, also one that came before it; without a change the time does."""
    waiting = asyncio.create_task(stores.jobs.wait("work", 60))
    job = await enqueue(stores, "u1")
    async with asyncio.timeout(5):
        await waiting
        await stores.jobs.wait("news", 60)
    await stores.jobs.wait("news", 0.01)
    await stores.jobs.cancel(job.id)
    async with asyncio.timeout(5):
        await stores.jobs.wait("news", 60)


async def _masked(stores: Stores, key: str = "u1") -> Job:
    """Queue a job with a mask."""
    mask = await stores.blobs.put(b"mask")
    return await enqueue(stores, key, mask=mask, marked="file:marked", sources=("file:a", "file:b"))


async def test_a_mask_is_kept_as_long_as_the_photos_of_its_job(opener: Opener) -> None:
    """Through crashes, retries and restarts; after the delivery only the source of the marked photo is left."""
    async with opener() as stores:
        job = await _masked(stores)
        assert await stores.work.retry(await claim(stores), 0.0, died=True)
        await claim(stores)
    async with opener() as stores:
        assert await stores.work.reclaim("w") == 1
        claimed = await claim(stores)
        assert (claimed.mask, claimed.marked) == (job.mask, "file:marked")
        assert claimed.mask in await kept_blobs(stores)
        await render(stores, claimed)
        await stores.deliveries.finish(job.id)
        after = await current(stores, job)
        assert (after.mask, after.marked) == (None, "file:marked")
        assert await kept_blobs(stores) == set()


@pytest.mark.parametrize("end", ["cancel", "forget", "swap"])
async def test_a_mask_goes_with_what_it_was_for(stores: Stores, end: str) -> None:
    """It is deleted when its job is cancelled or forgotten, or when its content becomes the style."""
    job = await _masked(stores)
    if end == "cancel":
        await stores.jobs.cancel(job.id)
        await stores.deliveries.finish(job.id)
    elif end == "forget":
        await stores.people.forget(ALICE.user_id)
    else:
        assert await stores.jobs.swap(job.id, StyleRef("OTHER"))
        swapped = await current(stores, job)
        assert (swapped.mask, swapped.marked) == (None, "")
    assert job.mask not in await kept_blobs(stores)

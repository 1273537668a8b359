"""Conformance: the queue between those who ask and those who paint."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.storage.models import Delivery, JobError, Recipe, State
from bot.storage.protocols import Stores
from tests.storage.conftest import Opener
from tests.support.jobs import ALICE, BOB, Clock, claim, current, enqueue, render


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
    assert await stores.jobs.claim("w") is None


async def test_jobs_are_claimed_in_their_order(stores: Stores) -> None:
    """First come, first served."""
    asked = [(await enqueue(stores, f"u{number}")).id for number in range(6)]
    assert [(await claim(stores)).id for _ in asked] == asked
    assert await stores.jobs.claim("w") is None


async def test_no_job_is_claimed_twice(stores: Stores) -> None:
    """Many claims at the same moment get different jobs."""
    asked = {(await enqueue(stores, f"u{number}")).id for number in range(10)}
    claimed = await asyncio.gather(*(stores.jobs.claim(f"w{number}") for number in range(20)))
    got = [job.id for job in claimed if job]
    assert len(got) == 10
    assert set(got) == asked


async def test_a_retried_job_keeps_its_place(stores: Stores, clock: Clock) -> None:
    """A job that failed for a moment does not go behind those that came later, but waits its delay."""
    first, second = await enqueue(stores, "u1"), await enqueue(stores, "u2")
    assert await stores.jobs.retry(await claim(stores), 10.0)
    assert (await claim(stores)).id == second.id
    assert await stores.jobs.claim("w") is None
    clock.now += 10
    third = await enqueue(stores, "u3")
    assert [(await claim(stores)).id for _ in range(2)] == [first.id, third.id]


async def test_a_clock_set_back_starves_no_job(stores: Stores, clock: Clock) -> None:
    """A retry waits a minute at most, whatever happens to the wall clock."""
    await enqueue(stores, "u1")
    await stores.jobs.retry(await claim(stores), 3600.0)
    clock.now += 60
    await stores.jobs.retry(await claim(stores), 10.0)
    clock.now -= 24 * 3600
    await claim(stores)


async def test_attempts_count_claims_but_not_releases(stores: Stores) -> None:
    """A worker that stops does not use up a job's attempts; a death of the child is counted."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    assert (job.attempt, job.deaths) == (1, 0)
    assert await stores.jobs.release(job)
    job = await claim(stores)
    assert (job.attempt, job.deaths) == (1, 0)
    assert await stores.jobs.retry(job, 0, died=True)
    job = await claim(stores)
    assert (job.attempt, job.deaths) == (2, 1)


@pytest.mark.parametrize("end", ["release", "retry", "reclaim", "cancel", "complete", "fail", "forget"])
async def test_a_stale_worker_changes_nothing(stores: Stores, end: str) -> None:
    """Once a claim is over, and though the job was claimed again, its writes are refused and its blobs dropped."""
    await enqueue(stores, "u1")
    stale = await claim(stores)
    match end:
        case "release" | "retry":
            await (stores.jobs.release(stale) if end == "release" else stores.jobs.retry(stale, 0))
            await claim(stores)
        case "reclaim":
            assert await stores.jobs.reclaim("w") == 1
            await claim(stores)
        case "cancel":
            assert await stores.jobs.cancel(stale.id)
        case "complete":
            await render(stores, stale)
        case "fail":
            await stores.jobs.fail(stale, JobError.ENGINE, "")
        case "forget":
            await stores.chats.forget(ALICE.user_id)
    before = await stores.jobs.get(stale.id)
    preview, result = await stores.blobs.put(b"preview"), await stores.blobs.put(b"result")
    assert not await stores.jobs.record_progress(stale, 0.9, 1.0, preview)
    assert not await stores.jobs.complete(stale, result, {}, 1.0)
    assert not await stores.jobs.retry(stale, 0)
    assert not await stores.jobs.release(stale)
    assert not await stores.jobs.fail(stale, JobError.ENGINE, "")
    assert await stores.jobs.get(stale.id) == before
    for key in (preview, result):
        with pytest.raises(KeyError):
            await stores.blobs.get(key)


async def test_a_new_preview_replaces_the_old_one(stores: Stores) -> None:
    """Progress is what was told last, and one preview is kept."""
    job = await enqueue(stores, "u1")
    job = await claim(stores)
    first, second = await stores.blobs.put(b"1"), await stores.blobs.put(b"2")
    assert await stores.jobs.record_progress(job, 0.2, None, first)
    assert await stores.jobs.record_progress(job, 0.4, 6.5, None)
    now = await current(stores, job)
    assert (now.progress, now.seconds_left, now.preview) == (0.4, 6.5, first)
    assert await stores.jobs.record_progress(job, 0.6, 4.0, second)
    assert (await current(stores, job)).preview == second
    with pytest.raises(KeyError):
        await stores.blobs.get(first)


async def test_a_rendered_job_awaits_its_delivery(stores: Stores) -> None:
    """Rendered and delivery pending are one step, with the picture and what the engine did."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    key = await render(stores, job)
    now = await current(stores, job)
    assert (now.state, now.delivery, now.result, now.report) == (
        State.RENDERED,
        Delivery.PENDING,
        key,
        {"device": "cpu"},
    )
    assert await stores.blobs.get(key) == b"painted"
    assert await stores.jobs.unsettled() == [now]


async def test_a_failed_job_says_why(stores: Stores) -> None:
    """A job that is given up keeps its reason until its user has been told."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    assert await stores.jobs.fail(job, JobError.BAD_IMAGE, "not a picture")
    now = await current(stores, job)
    assert (now.state, now.error, now.delivery) == (State.FAILED, JobError.BAD_IMAGE, Delivery.PENDING)


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


async def test_reclaim_puts_back_what_an_earlier_life_left(stores: Stores) -> None:
    """A worker that starts again takes its own running jobs back, not those of others, and pays the attempt."""
    for number in range(3):
        await enqueue(stores, f"u{number}")
    mine, other = await claim(stores, "mine"), await claim(stores, "other")
    assert await stores.jobs.reclaim("mine") == 1
    assert await stores.jobs.reclaim("mine") == 0
    assert (await current(stores, other)).state == State.RUNNING
    again = await claim(stores, "mine")
    assert (again.id, again.attempt) == (mine.id, 2)


async def test_everything_survives_a_restart(opener: Opener, tmp_path: Path, clock: Clock) -> None:
    """Jobs, drafts, settings and pictures are there when the program comes back."""
    async with opener(tmp_path, clock) as stores:
        job = await enqueue(stores, "u1")
        await stores.jobs.set_status_message(job.id, 77)
        await stores.jobs.add_photo(BOB, 5, await stores.blobs.put(b"dog"))
        await stores.chats.save_recipe(2, Recipe(size=300))
    async with opener(tmp_path, clock) as stores:
        again = await claim(stores)
        assert (again.id, again.status_message_id) == (job.id, 77)
        assert await stores.blobs.get(again.content) == b"cat"
        [photo] = await stores.jobs.draft(BOB)
        assert await stores.blobs.get(photo.blob) == b"dog"
        assert await stores.chats.recipe(2) == Recipe(size=300)


async def test_waiting_ends_at_a_change(stores: Stores) -> None:
    """Who waits for work or news is woken by it, also by one that came before they waited; else time ends it."""
    waiting = asyncio.create_task(stores.jobs.wait("work", 60))
    job = await enqueue(stores, "u1")
    async with asyncio.timeout(5):
        await waiting
        await stores.jobs.wait("news", 60)
    await stores.jobs.wait("news", 0.01)
    await stores.jobs.cancel(job.id)
    async with asyncio.timeout(5):
        await stores.jobs.wait("news", 60)

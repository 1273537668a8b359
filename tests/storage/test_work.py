"""Conformance: the queue, as workers use it."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from bot.storage.models import (
    Address,
    Delivery,
    JobError,
    Place,
    State,
    WorkerState,
)
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, Clock, claim, current, enqueue, kept_blobs, render

CAROL = Address(300, None, 3)


async def _order(stores: Stores, count: int) -> list[int]:
    """Claim and complete so many jobs; return their ids."""
    order = []
    for _ in range(count):
        job = await claim(stores)
        await render(stores, job)
        order.append(job.id)
    return order


async def test_jobs_are_claimed_in_their_order(stores: Stores) -> None:
    """First come, first served."""
    asked = [(await enqueue(stores, f"u{number}")).id for number in range(6)]
    assert await _order(stores, len(asked)) == asked
    assert await stores.work.claim("w") is None


async def test_no_job_is_claimed_twice(stores: Stores) -> None:
    """Many claims at the same moment get different jobs."""
    users = [dataclasses.replace(ALICE, user_id=number) for number in range(10)]
    asked = {(await enqueue(stores, f"u{user.user_id}", address=user)).id for user in users}
    claimed = await asyncio.gather(*(stores.work.claim(f"w{number}") for number in range(20)))
    got = [job.id for job in claimed if job]
    assert len(got) == 10
    assert set(got) == asked


async def test_one_job_of_a_user_runs_at_a_time(stores: Stores) -> None:
    """Further workers take jobs of others, or none; the user's next one begins when the first has ended in any way."""
    alices = [await enqueue(stores, f"a{number}") for number in range(4)]
    bobs = await enqueue(stores, "b", address=BOB)
    claimed = await asyncio.gather(*(stores.work.claim(f"w{number}") for number in range(6)))
    assert {job.id for job in claimed if job} == {alices[0].id, bobs.id}
    [first] = [job for job in claimed if job and job.id == alices[0].id]
    await render(stores, first)
    second = await claim(stores)
    assert await stores.work.claim("w") is None
    await stores.jobs.cancel(second.id)
    third = await claim(stores)
    await stores.work.fail(third, JobError.ENGINE, "")
    fourth = await claim(stores)
    assert [job.id for job in (second, third, fourth)] == [job.id for job in alices[1:]]


async def test_who_queues_one_does_not_wait_for_who_queued_many(stores: Stores) -> None:
    """Alice's four jobs take turns with Bob's one and Carol's two; each user's own stay in order."""
    many = [await enqueue(stores, f"a{number}") for number in range(4)]
    bobs = await enqueue(stores, "b", address=BOB)
    carols = [await enqueue(stores, f"c{number}", address=CAROL) for number in range(2)]
    assert await stores.jobs.place(bobs) == Place(ahead=1, seconds=None)
    order = await _order(stores, 7)
    wanted = [many[0], bobs, carols[0], many[1], carols[1], many[2], many[3]]
    assert order == [job.id for job in wanted]


async def test_a_newcomer_is_not_owed_for_the_time_before(stores: Stores) -> None:
    """A user without earlier jobs takes turns with the others from now on, and is not served all at once."""
    for number in range(5):
        await enqueue(stores, f"a{number}")
        await render(stores, await claim(stores), seconds=20)
    alices = [await enqueue(stores, f"late{number}") for number in range(2)]
    bobs = [await enqueue(stores, f"b{number}", address=BOB) for number in range(3)]
    order = await _order(stores, 5)
    assert order.index(alices[0].id) < order.index(bobs[1].id)
    assert order.index(alices[1].id) < order.index(bobs[2].id)


async def test_a_retried_job_keeps_its_place(stores: Stores, clock: Clock) -> None:
    """A job that failed for a moment does not go behind those that came later, but waits its delay."""
    first, second = await enqueue(stores, "u1"), await enqueue(stores, "u2", address=BOB)
    assert await stores.work.retry(await claim(stores), 10.0)
    assert (await claim(stores)).id == second.id
    assert await stores.work.claim("w") is None
    clock.now += 10
    third = await enqueue(stores, "u3", address=CAROL)
    assert [(await claim(stores)).id for _ in range(2)] == [first.id, third.id]


async def test_a_clock_set_back_starves_no_job(stores: Stores, clock: Clock) -> None:
    """A retry waits a minute at most, whatever happens to the wall clock."""
    await enqueue(stores, "u1")
    await stores.work.retry(await claim(stores), 3600.0)
    clock.now += 60
    await stores.work.retry(await claim(stores), 10.0)
    clock.now -= 24 * 3600
    await claim(stores)


async def test_attempts_count_claims_but_not_releases(stores: Stores) -> None:
    """A worker that stops does not use up a job's attempts; deaths of the engine process are counted."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    assert (job.attempt, job.deaths) == (1, 0)
    assert await stores.work.release(job)
    job = await claim(stores)
    assert (job.attempt, job.deaths) == (1, 0)
    assert await stores.work.retry(job, 0, died=True)
    job = await claim(stores)
    assert (job.attempt, job.deaths) == (2, 1)


@pytest.mark.parametrize("end", ["release", "retry", "reclaim", "cancel", "complete", "fail", "forget"])
async def test_a_stale_worker_changes_nothing(stores: Stores, end: str) -> None:
    """Once a claim is over, also when the job was claimed again, its writes are refused and its blobs deleted."""
    await enqueue(stores, "u1")
    stale = await claim(stores)
    match end:
        case "release" | "retry":
            await (stores.work.release(stale) if end == "release" else stores.work.retry(stale, 0))
            await claim(stores)
        case "reclaim":
            assert await stores.work.reclaim("w") == 1
            await claim(stores)
        case "cancel":
            assert await stores.jobs.cancel(stale.id)
        case "complete":
            await render(stores, stale)
        case "fail":
            await stores.work.fail(stale, JobError.ENGINE, "")
        case "forget":
            await stores.people.forget(ALICE.user_id)
    before = await stores.jobs.get(stale.id)
    preview, result = await stores.blobs.put(b"preview"), await stores.blobs.put(b"result")
    assert not await stores.work.record_progress(stale, 0.9, 1.0, preview)
    assert not await stores.work.complete(stale, result, {}, 1.0)
    assert not await stores.work.retry(stale, 0)
    assert not await stores.work.release(stale)
    assert not await stores.work.fail(stale, JobError.ENGINE, "")
    assert await stores.jobs.get(stale.id) == before
    for key in (preview, result):
        with pytest.raises(KeyError):
            await stores.blobs.get(key)


async def test_a_new_preview_replaces_the_old_one(stores: Stores) -> None:
    """Progress is what was recorded last, and only the newest preview is kept."""
    job = await enqueue(stores, "u1")
    job = await claim(stores)
    first, second = await stores.blobs.put(b"1"), await stores.blobs.put(b"2")
    assert await stores.work.record_progress(job, 0.2, None, first)
    assert await stores.work.record_progress(job, 0.4, 6.5, None)
    now = await current(stores, job)
    assert (now.progress, now.seconds_left, now.preview) == (0.4, 6.5, first)
    assert await stores.work.record_progress(job, 0.6, 4.0, second)
    assert (await current(stores, job)).preview == second
    with pytest.raises(KeyError):
        await stores.blobs.get(first)


async def test_a_rendered_job_awaits_its_delivery(stores: Stores) -> None:
    """One step makes the job rendered and its delivery pending, and stores the picture and the engine's report."""
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
    assert await stores.deliveries.unsettled() == [now]


async def test_a_failed_job_says_why(stores: Stores) -> None:
    """A job that is given up keeps its reason until the requester has been told."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    assert await stores.work.fail(job, JobError.BAD_IMAGE, "not a picture")
    now = await current(stores, job)
    assert (now.state, now.error, now.delivery) == (State.FAILED, JobError.BAD_IMAGE, Delivery.PENDING)


async def test_a_timelapse_that_comes_too_late_is_deleted(stores: Stores) -> None:
    """So is the picture that came with it."""
    job = await enqueue(stores, "u1")
    claimed = await claim(stores)
    await stores.jobs.cancel(job.id)
    result, timelapse = await stores.blobs.put(b"painted"), await stores.blobs.put(b"frames")
    assert not await stores.work.complete(claimed, result, {}, 1.0, timelapse=timelapse)
    assert await kept_blobs(stores) == {job.content, *job.styles}


async def test_reclaim_puts_back_what_an_earlier_life_left(stores: Stores) -> None:
    """A worker that starts again puts back its own running jobs, not those of others; the attempt counts."""
    for number, address in enumerate((ALICE, BOB, CAROL)):
        await enqueue(stores, f"u{number}", address=address)
    mine, other = await claim(stores, "mine"), await claim(stores, "other")
    assert await stores.work.reclaim("mine") == 1
    assert await stores.work.reclaim("mine") == 0
    assert (await current(stores, other)).state == State.RUNNING
    again = await claim(stores, "mine")
    assert (again.id, again.attempt) == (mine.id, 2)


async def _beaten(stores: Stores, clock: Clock, seconds: int, *workers: str) -> int:
    """Let so many seconds pass, in which these workers beat; return how many jobs they put back."""
    back = 0
    for _ in range(0, seconds, 5):
        clock.now += 5
        back += sum([await stores.work.beat(WorkerState(worker)) for worker in workers])
    return back


async def test_what_a_silent_worker_left_is_painted_by_others(stores: Stores, clock: Clock) -> None:
    """After half a minute, once; its late writes are refused, and the picture goes on from its preview."""
    job = await enqueue(stores, "u1")
    await _beaten(stores, clock, 5, "dead", "alive")
    claimed = await claim(stores, "dead")
    preview = await stores.blobs.put(b"half")
    assert await stores.work.record_progress(claimed, 0.5, 1.0, preview)
    assert await _beaten(stores, clock, 25, "alive") == 0
    assert await _beaten(stores, clock, 10, "alive", "other") == 1
    assert not await stores.work.record_progress(claimed, 0.6, 1.0, None)
    assert not await stores.work.release(claimed)
    again = await claim(stores, "alive")
    assert (again.id, again.preview, again.deaths, again.attempt) == (job.id, preview, 1, 2)


async def test_a_job_that_silences_two_workers_fails(stores: Stores, clock: Clock) -> None:
    """The requester is told; the next one does not fall silent too."""
    job = await enqueue(stores, "u1")
    await _beaten(stores, clock, 5, "alive", "a", "b")
    for silent in ("a", "b"):
        await claim(stores, silent)
        assert await _beaten(stores, clock, 40, "alive") == 1
        await stores.work.beat(WorkerState("b"))
    failed = await current(stores, job)
    assert (failed.state, failed.error, failed.delivery) == (State.FAILED, JobError.CRASHED, Delivery.PENDING)
    assert await stores.work.claim("alive") is None


@pytest.mark.parametrize("jump", [3600, -3600])
async def test_nobody_is_judged_after_a_pause_of_all(stores: Stores, clock: Clock, jump: int) -> None:
    """A database that nobody reached for an hour, and a clock that was set, take no job from a worker that lives.

    Also not if it comes back later than the others.
    """
    await enqueue(stores, "u1")
    await _beaten(stores, clock, 60, "first", "second")
    claimed = await claim(stores, "second")
    clock.now += jump
    assert await _beaten(stores, clock, 25, "first") == 0
    assert await _beaten(stores, clock, 60, "second", "first") == 0
    assert await stores.work.record_progress(claimed, 0.5, 1.0, None)

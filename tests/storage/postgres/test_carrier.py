"""What carries the jobs on PostgreSQL: procrastinate's jobs and our rows are never one without the other."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from bot.storage.models import Job, JobError, Recipe, WorkerState
from bot.storage.postgres import carrier, open_postgres
from bot.storage.postgres.database import translated
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, claim, database_of, enqueue, eventually, render
from tests.support.moving import MOVE_WAITS
from tests.support.postgres import read

CARRIED = """
SELECT (args ->> 'job')::bigint, id, CASE status WHEN 'todo' THEN 'queued' WHEN 'doing' THEN 'running' END
FROM procrastinate_jobs ORDER BY id
"""
ROWS = "SELECT id, fence, state FROM job WHERE state IN ('queued', 'running') ORDER BY fence"


async def ended(stores: Stores, job: Job, end: str) -> None:
    """End a claim in one of the ways in which it can end."""
    match end:
        case "retry":
            assert await stores.work.retry(job, 10.0)
        case "release":
            assert await stores.work.release(job)
        case "reclaim":
            assert await stores.work.reclaim("w") == 1
        case "complete":
            await render(stores, job)
        case "fail":
            assert await stores.work.fail(job, JobError.ENGINE, "")
        case "cancel":
            assert await stores.jobs.cancel(job.id)
        case "forget":
            await stores.people.forget(ALICE.user_id)


@pytest.mark.parametrize("end", ["retry", "release", "reclaim", "complete", "fail", "cancel", "forget"])
async def test_what_waits_or_runs_is_carried_once(stores: Stores, observer: psycopg.AsyncConnection, end: str) -> None:
    """Whatever happens to a row happens to what carries it, and nothing else is left of that."""

    async def carried() -> list[tuple[Any, ...]]:
        rows = await read(observer, ROWS)
        assert await read(observer, CARRIED) == rows
        return rows

    first, second = await enqueue(stores, "u1"), await enqueue(stores, "u2", address=BOB)
    assert len(await carried()) == 2
    job = await claim(stores)
    assert await carried() == [(first.id, job.fence, "running"), (second.id, second.fence, "queued")]
    await ended(stores, job, end)
    again = end in ("retry", "release", "reclaim")
    assert [number for number, *_ in await carried()] == [second.id, *([first.id] if again else [])]


async def test_a_job_that_is_cancelled_while_it_is_claimed_is_not_claimed(
    stores: Stores, observer: psycopg.AsyncConnection
) -> None:
    """The two wait for each other in no order: the claim finds the row changed, and takes the next job."""
    first, second = await enqueue(stores, "u1"), await enqueue(stores, "u2", address=BOB)
    async with observer.transaction():
        await observer.execute("UPDATE job SET state = 'cancelled' WHERE id = %s", [first.id])
        claiming = asyncio.create_task(claim(stores))

        async def waits() -> bool:
            return bool((await read(observer, MOVE_WAITS))[0][0])

        await eventually(waits)
        await observer.execute(translated(carrier.WITHDRAW), {"fences": [first.fence]})
    assert (await claiming).id == second.id
    assert [job for job, *_ in await read(observer, CARRIED)] == [second.id]


async def test_a_job_that_another_claim_looks_at_ends_all_the_same(
    stores: Stores, observer: psycopg.AsyncConnection
) -> None:
    """A claim that was a moment too late holds what it found until it has another: that is waited for."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    async with observer.transaction():
        await observer.execute("SELECT 1 FROM procrastinate_jobs FOR UPDATE")
        ending = asyncio.create_task(render(stores, job))

        async def waits() -> bool:
            return bool((await read(observer, MOVE_WAITS))[0][0])

        await eventually(waits)
    await ending
    assert await read(observer, CARRIED) == []


async def test_what_lost_its_carrier_is_carried_again(
    stores: Stores, postgres_url: str, observer: psycopg.AsyncConnection
) -> None:
    """At the next start of any process; what carries nothing is thrown away, then or where a claim meets it."""
    first, second = await enqueue(stores, "u1"), await enqueue(stores, "u2", address=BOB)
    await claim(stores)
    await observer.execute("UPDATE job SET fence = 1000 + id")
    assert await stores.work.claim("w") is None
    async with open_postgres(postgres_url):
        pass
    assert await read(observer, CARRIED) == await read(observer, ROWS)
    assert [(await claim(stores)).id for _ in range(2)] == [first.id, second.id]


async def test_a_host_takes_what_it_is_for(stores: Stores, postgres_url: str) -> None:
    """Large pictures, the others, or both; who is owed both gets them in turn."""
    large = await enqueue(stores, "u1", recipe=Recipe(size=2048))
    small = await enqueue(stores, "u2", address=BOB, recipe=Recipe(size=2047))
    usual = await enqueue(stores, "u3", address=ALICE)
    async with (
        open_postgres(postgres_url, queues=["paint"]) as some,
        open_postgres(postgres_url, queues=["paint-large"]) as others,
    ):
        assert (await claim(some)).id == small.id
        assert await some.work.claim("w") is None
        running = await claim(others)
        assert running.id == large.id
        await render(others, running)
        assert await others.work.claim("w") is None
    assert (await claim(stores)).id == usual.id


async def test_a_place_beyond_the_range_of_priorities_is_the_last(stores: Stores) -> None:
    """The virtual clock may run for years."""
    await database_of(stores).transaction(lambda t: t.rows("UPDATE schedule SET vclock = 1e300"))
    jobs = [await enqueue(stores, "u1"), await enqueue(stores, "u2", address=BOB)]
    assert [(await claim(stores)).id for _ in jobs] == [job.id for job in jobs]


async def test_workers_that_meet_take_no_two_jobs_of_a_user(stores: Stores, others: Stores) -> None:
    """While jobs end, are put back and follow each other, on two hosts."""
    for number in range(40):
        await enqueue(stores, f"u{number}", address=(ALICE, BOB)[number % 2])
    running: set[int] = set()
    left = 40

    async def work(host: Stores, name: str) -> None:
        nonlocal left
        while left:
            job = await host.work.claim(name)
            if job is None:
                await asyncio.sleep(0.01)
                continue
            assert job.address.user_id not in running
            running.add(job.address.user_id)
            await asyncio.sleep(0)
            running.remove(job.address.user_id)
            if job.id % 4 == 0 and job.attempt == 1:
                await host.work.retry(job, 0.0)
            else:
                await render(host, job)
                left -= 1

    await asyncio.gather(*(work(host, f"w{n}") for n, host in enumerate((stores, others) * 2)))
    assert await stores.work.beat(WorkerState("w")) == 0
    assert (await stores.jobs.tally())["queued"] == 0

"""Several hosts on one database: one queue, and news between them."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from bot.storage.models import State
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, claim, current, enqueue


async def test_two_hosts_share_the_queue(stores: Stores, others: Stores) -> None:
    """What one queues the other claims, once; the claim of the one is closed to the other."""
    jobs = [await enqueue(stores, f"{who.user_id} {n}", address=who) for n in range(2) for who in (ALICE, BOB)]
    claimed = await asyncio.gather(*(host.work.claim("w") for host in (stores, others) * 4))
    assert {job.id for job in claimed if job} == {jobs[0].id, jobs[1].id}
    [alices] = [job for job in claimed if job and job.address == ALICE]
    assert await others.work.retry(alices, 0.0)
    assert not await stores.work.record_progress(alices, 0.5, None, None)
    assert (await claim(stores)).fence > alices.fence
    assert (await current(others, jobs[0])).state is State.RUNNING


async def test_the_database_itself_allows_one_running_job_per_user(
    stores: Stores, observer: psycopg.AsyncConnection
) -> None:
    """Whatever a claim would do wrong."""
    for number in range(2):
        await enqueue(stores, f"u{number}")
    await claim(stores)
    with pytest.raises(psycopg.errors.UniqueViolation, match="job_running"):
        await observer.execute("UPDATE job SET state = 'running', worker = 'w'")


async def test_news_come_from_other_hosts(stores: Stores, others: Stores) -> None:
    """A host is told at once what another changed; of its own changes it is not told a second time."""
    waiting = asyncio.create_task(others.jobs.wait("work", 60))
    await enqueue(stores, "u1")
    async with asyncio.timeout(5):
        await waiting
        await stores.jobs.wait("work", 60)
        await others.jobs.wait("news", 60)
        await claim(others)
        await stores.jobs.wait("news", 60)


async def test_many_changes_are_told_together(stores: Stores, observer: psycopg.AsyncConnection) -> None:
    """PostgreSQL commits transactions that notify one after the other, so there are few of them."""
    await observer.execute("LISTEN vitrage")
    job = await enqueue(stores, "u1")
    job = await claim(stores)
    for step in range(50):
        await stores.work.record_progress(job, step / 50, None, None)
    heard = [notification.payload.split()[0] async for notification in observer.notifies(timeout=0.5)]
    assert {"work", "news"} == set(heard)
    assert len(heard) < 25

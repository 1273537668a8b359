"""What the chat knows of the workers."""

from __future__ import annotations

from bot.storage.models import WorkerState
from bot.storage.protocols import Stores
from tests.support.jobs import Clock


async def test_the_chat_reads_how_the_workers_are(stores: Stores, clock: Clock) -> None:
    """Those that beat, and one that fell silent; one that left in order is forgotten at once."""
    await stores.work.reclaim("starts")
    ill = WorkerState("ill", trouble="The device is gone.")
    for state in (WorkerState("gone", "builtin"), WorkerState("silent", "builtin"), ill):
        await stores.work.beat(state)
    await stores.work.leave("gone")
    assert await stores.jobs.workers() == [ill, WorkerState("silent", "builtin"), WorkerState("starts")]
    clock.now += 31
    await stores.work.beat(WorkerState("ill", "pretrained"))
    await stores.work.beat(WorkerState("starts"))
    assert await stores.jobs.workers() == [
        WorkerState("ill", "pretrained"),
        WorkerState("silent", "builtin", silent=True),
        WorkerState("starts"),
    ]
    clock.now += 24 * 3600
    assert await stores.jobs.workers() == []


async def test_of_a_worker_out_of_service_is_told_once(stores: Stores, clock: Clock) -> None:
    """Also by a bot that starts meanwhile, until it was in service again; and of one that never wrote a row."""
    ill = WorkerState("w", trouble="The device is gone.")
    await stores.work.beat(ill)
    assert [await stores.jobs.tell_of("w") for _ in range(2)] == [True, False]
    await stores.work.beat(ill)
    await stores.work.beat(WorkerState("w"))
    assert not await stores.jobs.tell_of("w")
    await stores.work.beat(WorkerState("w", "pretrained"))
    await stores.work.beat(ill)
    assert await stores.jobs.tell_of("w")
    assert await stores.jobs.tell_of("other")

"""The painters of a host: an engine child for each device."""

from __future__ import annotations

import asyncio
import json

import pytest

import bot.painters
from bot.painters import Painters
from bot.settings import Settings
from bot.storage.models import Recipe, State
from tests.support.jobs import ALICE, BOB, enqueue, eventually
from tests.support.worker_harness import WorkerHarness, is_alive, script


async def test_auto_paints_on_all_devices_each_with_its_own_times(
    worker: WorkerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first engine child names the others; two users' pictures are painted at the same time."""
    (worker.folder / "others").write_text("fake:1")
    (worker.folder / "forecast").write_text(json.dumps({"standard": {"0": 40.0}}))
    command, folder = worker.command[:-1], worker.command[-1]
    monkeypatch.setattr(bot.painters, "engine_command", lambda device, *_: [*command, "--device", device, folder])
    painters, stop = Painters(Settings(weights="builtin"), worker.stores, ["auto"], None), asyncio.Event()
    running = asyncio.create_task(painters.run(stop))

    async def both_in_service() -> bool:
        return len(await painters.states()) == 2 and await painters.in_service()

    await eventually(both_in_service)
    names = {state.name: state.painter for state in await painters.states()}
    assert names == {"engine auto": "fake, none", "engine fake:1": "fake, none"}

    async def forecast() -> bool:
        return await worker.stores.jobs.estimate(Recipe(), worker="engine fake:1") == 40

    await eventually(forecast)
    slow = script(steps=200, pause=0.05)
    jobs = [await enqueue(worker.stores, f"u{who.user_id}", address=who, content=slow) for who in (ALICE, BOB)]

    async def both_painted() -> bool:
        return all([(await worker.now(job)).state is State.RUNNING for job in jobs])

    await eventually(both_painted)
    for job in jobs:
        assert await worker.stores.jobs.cancel(job.id)
    stop.set()
    async with asyncio.timeout(30):
        await running
    assert len(worker.pids()) == 2 and not [pid for pid in worker.pids() if is_alive(pid)]

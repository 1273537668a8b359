"""A worker host that cannot be reached: frozen, or its cable pulled. It comes back, and knows nothing of it."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.storage.models import Job, Recipe, State
from bot.storage.postgres import open_postgres
from tests.support.figures import Figures
from tests.support.hosts import Host
from tests.support.jobs import enqueue, eventually
from tests.support.network import SERVER, SUBNET, Switch, network
from tests.support.postgres import server
from tests.support.worker_harness import WorkerHarness, script

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MINUTE: dict[str, Any] = {"steps": 600, "pause": 0.1}  # the script of a picture that takes longer than others wait
LEASE = 30.0  # seconds of silence after which a worker is judged


@pytest.fixture
def switch() -> Iterator[Switch]:
    """The switch that joins this machine and the hosts."""
    with network() as switch:
        yield switch


@asynccontextmanager
async def two_hosts(switch: Switch, folder: Path) -> AsyncIterator[tuple[WorkerHarness, list[Host]]]:
    """A queue on a server at the switch, and two hosts that can paint."""
    with server(durable=True, listen_addresses=SERVER) as postgres, ExitStack() as stack:
        with (postgres.folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all vitrage {SUBNET} trust\n")
        postgres.run("SELECT pg_reload_conf()")
        hosts = [
            Host(folder / f"host{number}", f"postgresql://vitrage@{SERVER}/postgres", switch.host(number))
            for number in (1, 2)
        ]
        for host in hosts:
            stack.callback(host.close)

        async def can_paint() -> bool:
            return all(host.logged("engine_ready") for host in hosts)

        await eventually(can_paint, within=60.0)
        async with open_postgres(postgres.url("postgres")) as stores:
            yield WorkerHarness(stores, folder), hosts


async def begun(queue: WorkerHarness, hosts: list[Host]) -> tuple[Job, int]:
    """Queue a job; return it once it has a preview, and the number of the host that paints it."""
    job = await enqueue(queue.stores, "u1", content=script(**MINUTE), recipe=Recipe("fine", 500))
    await queue.previewed(job, sketched=False)
    return job, next(number for number, host in enumerate(hosts, start=1) if host.logged("job_claimed"))


async def painted_by_the_other(queue: WorkerHarness, job: Job) -> float:
    """Return the seconds until another host has painted a job, which must be taken from the first within 40."""
    began = time.monotonic()

    async def taken_over() -> bool:
        return (await queue.now(job)).attempt == 2

    await eventually(taken_over, within=120.0)
    seconds = time.monotonic() - began
    assert (await queue.ended(job)).state == State.RENDERED
    assert seconds < 40
    return round(seconds, 1)


async def knows_better(host: Host) -> None:
    """Wait until a host that is back has noticed that the job is not its own."""

    async def stopped() -> bool:
        return host.logged("painting_stopped")

    await eventually(stopped, within=60.0)


async def paints_again(queue: WorkerHarness, host: Host) -> float:
    """Return the seconds until a host has painted one of the jobs that are queued now."""
    began, before = time.monotonic(), host.log.read_text().count("job_rendered")
    number = 0
    while host.log.read_text().count("job_rendered") == before:
        number += 1
        await queue.ended(await queue.ask(f"later {number}", steps=2), within=60.0)
    return round(time.monotonic() - began, 1)


async def test_a_pulled_cable(switch: Switch, tmp_path: Path, record_property: Figures) -> None:
    """Nobody is told that the line is gone: another host paints on, and no write of the first is taken afterwards."""
    async with two_hosts(switch, tmp_path) as (queue, hosts):
        job, number = await begun(queue, hosts)
        switch.pull(number)
        record_property("seconds until another host has the job", await painted_by_the_other(queue, job))
        rendered = await queue.now(job)
        switch.plug(number)
        await knows_better(hosts[number - 1])
        record_property("seconds until it paints again", await paints_again(queue, hosts[number - 1]))
        stale = await queue.now(job) != rendered
        record_property("stale writes", int(stale))
        assert not stale


async def test_a_frozen_host(switch: Switch, tmp_path: Path, record_property: Figures) -> None:
    """SIGSTOP for twice the time after which it counts as dead; its child paints on meanwhile, and has much to tell."""
    async with two_hosts(switch, tmp_path) as (queue, hosts):
        job, number = await begun(queue, hosts)
        frozen = hosts[number - 1]
        frozen.process.send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            record_property("seconds until another host has the job", await painted_by_the_other(queue, job))
            rendered = await queue.now(job)
            await asyncio.sleep(2 * LEASE - (time.monotonic() - began))
        finally:
            frozen.process.send_signal(signal.SIGCONT)
        await knows_better(frozen)
        record_property("seconds until it paints again", await paints_again(queue, frozen))
        stale = await queue.now(job) != rendered
        record_property("stale writes", int(stale))
        assert not stale

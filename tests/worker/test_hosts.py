"""`vitrage worker` on two hosts: real processes with folders of their own, which share only the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.storage.errors import StoreVersionError
from bot.storage.models import Recipe, State
from bot.storage.postgres import open_postgres
from bot.work import work
from bot.worker.identity import IdentityTakenError, identity
from tests.support.figures import Figures
from tests.support.hosts import Host
from tests.support.jobs import enqueue, eventually
from tests.support.postgres import Server
from tests.support.worker_harness import LONG, WorkerHarness, script


@pytest.fixture
async def queue(postgres_url: str, tmp_path: Path) -> AsyncIterator[WorkerHarness]:
    """The queue, as the bot uses it."""
    async with open_postgres(postgres_url) as stores:
        yield WorkerHarness(stores, tmp_path)


@pytest.fixture
def hosts(postgres_url: str, tmp_path: Path) -> Iterator[list[Host]]:
    """Two hosts that are starting."""
    with ExitStack() as stack:
        started = [Host(tmp_path / name, postgres_url) for name in ("first", "second")]
        for host in started:
            stack.callback(host.close)
        yield started


async def painter(hosts: list[Host]) -> tuple[Host, Host]:
    """Wait until one of the hosts has claimed a job; return it, and the other."""

    async def claimed() -> bool:
        return any(host.logged("job_claimed") for host in hosts)

    await eventually(claimed)
    busy = next(host for host in hosts if host.logged("job_claimed"))
    return busy, next(host for host in hosts if host is not busy)


async def ready(hosts: list[Host]) -> None:
    """Wait until all hosts can paint."""

    async def can_paint() -> bool:
        return all(host.logged("engine_ready") for host in hosts)

    await eventually(can_paint, within=60.0)


async def test_a_host_that_is_stopped_hands_its_job_to_another(queue: WorkerHarness, hosts: list[Host]) -> None:
    """SIGTERM: it ends with success and the attempt is not counted; the picture goes on elsewhere from its preview."""
    await ready(hosts)
    assert await asyncio.to_thread(hosts[0].readiness) == {"database": True, "painter": True}
    assert (hosts[0].folder / "alive").exists()  # the container's health check looks at its age
    job = await enqueue(queue.stores, "u1", content=script(**LONG), recipe=Recipe("fine", 500))
    busy, other = await painter(hosts)
    await queue.previewed(job, sketched=False)
    busy.process.terminate()
    ended = await queue.ended(job, within=60.0)
    assert busy.process.wait(30) == 0
    assert (ended.state, ended.attempt, ended.deaths) == (State.RENDERED, 1, 0)
    [left] = await queue.stores.jobs.workers()
    assert not left.silent  # the other one has left
    [[*_, width_of_start]] = WorkerHarness(queue.stores, other.folder).runs()
    assert width_of_start


@pytest.mark.slow
async def test_a_host_that_dies_is_replaced_within_40_seconds(
    queue: WorkerHarness, hosts: list[Host], record_property: Figures
) -> None:
    """SIGKILL to the host: the other one finds out by the beats that fail to come."""
    await ready(hosts)
    job = await queue.ask(**LONG)
    busy, _ = await painter(hosts)
    busy.close()
    died = time.monotonic()

    async def taken_over() -> bool:
        return (await queue.now(job)).attempt == 2

    await eventually(taken_over, within=60.0)
    seconds = time.monotonic() - died
    record_property("seconds until another host has the job", round(seconds, 1))
    assert seconds < 40
    assert (await queue.now(job)).deaths == 1


def test_a_worker_on_sqlite_is_told_what_to_do(tmp_path: Path) -> None:
    """In one sentence."""
    host = Host(tmp_path / "host", "sqlite:///x.db")
    assert host.process.wait(60) == 1
    [line] = host.log.read_text().splitlines()
    assert "set VITRAGE_DATABASE to postgresql://" in line


async def test_a_worker_that_cannot_work_says_why(postgres: Server, tmp_path: Path) -> None:
    """A newer release has changed the database; another worker has the folder."""
    with postgres.database() as url:
        settings = Settings(database=SecretStr(url), data_dir=tmp_path, weights="builtin")
        with identity(tmp_path), pytest.raises(IdentityTakenError, match="VITRAGE_DATA_DIR of its own"):
            await work(settings, [])
        async with open_postgres(url):
            pass
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE schema_version SET version = 1000")
        with pytest.raises(StoreVersionError, match="update the program"):
            await work(settings, [])

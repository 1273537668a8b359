"""Sudden death: kill -9 of the engine child and of its parent, at any moment."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.storage.models import Job, State
from bot.storage.sqlite import open_sqlite
from tests.support.figures import Figures
from tests.support.jobs import enqueue, eventually
from tests.support.worker_harness import WorkerHarness, is_alive, script

KILLS, JOBS = 200, 600  # by the last kill there must be a job left

Reached = Callable[[sqlite3.Row, Path], bool]

STEPS: dict[str, Reached] = {
    "the child starts": lambda _, folder: (folder / "pids").exists(),
    "claimed": lambda job, _: job["state"] == "running",
    "progress": lambda job, _: job["progress"] > 0,
    "preview": lambda job, _: job["preview"] is not None,
    "rendered": lambda job, _: job["state"] == "rendered",
}


@asynccontextmanager
async def parent(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a parent, the worker, as a process of its own, and kill it in the end."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.support.worker_process", str(folder))
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


def row_of(folder: Path, job: Job) -> sqlite3.Row:
    """Read a job in a database that another process has locked; a reader changes nothing."""
    database = sqlite3.connect(f"file:{folder / 'vitrage.db'}?mode=ro", uri=True)
    try:
        database.row_factory = sqlite3.Row
        row: sqlite3.Row = database.execute("SELECT * FROM job WHERE id = ?", (job.id,)).fetchone()
        return row
    finally:
        database.close()


async def queued(folder: Path, *, key: str = "u1") -> Job:
    """Queue a job while no worker runs."""
    async with open_sqlite(folder / "vitrage.db", folder / "blobs") as stores:
        return await enqueue(stores, key, content=script(steps=30, pause=0.02))


async def ended_after_restart(folder: Path, job: Job) -> tuple[Job, float]:
    """Start a worker; return the job once it has ended, and the seconds until it was taken up."""
    began = time.monotonic()
    async with open_sqlite(folder / "vitrage.db", folder / "blobs") as stores:
        worker = WorkerHarness(stores, folder)
        before = await worker.now(job)

        async def taken_up() -> bool:
            now = await worker.now(job)
            return now.attempt > before.attempt or now.state == State.RENDERED

        async with worker.working():
            await eventually(taken_up)
            seconds = time.monotonic() - began
            return await worker.ended(job), seconds


@pytest.mark.parametrize("step", STEPS)
async def test_a_parent_killed_at_any_step_loses_nothing(tmp_path: Path, step: str, record_property: Figures) -> None:
    """The next start takes the job at once and finishes it, once; no orphaned child is left."""
    job = await queued(tmp_path)

    async def reached() -> bool:
        return STEPS[step](row_of(tmp_path, job), tmp_path)

    async with parent(tmp_path):
        await eventually(reached)
    await eventually(lambda: _no_child_left(tmp_path))
    ended, seconds = await ended_after_restart(tmp_path, job)
    record_property("seconds until it is painted on", round(seconds, 2))
    assert ended.state == State.RENDERED
    assert ended.deaths == 0
    assert (await queued(tmp_path)).id == job.id


async def _no_child_left(folder: Path) -> bool:
    file = folder / "pids"
    return not file.exists() or not any(is_alive(int(pid)) for pid in file.read_text().split())


@pytest.mark.slow
async def test_parents_killed_at_random(tmp_path: Path, record_property: Figures) -> None:
    """Fifty parents killed at random moments: every job ends, none twice, and no process is left."""
    rng, longest = random.Random(7), 0.0
    for number in range(50):
        job = await queued(tmp_path, key=f"u{number}")
        async with parent(tmp_path):
            await asyncio.sleep(rng.uniform(0.0, 2.0))
        await eventually(lambda: _no_child_left(tmp_path))
        ended, seconds = await ended_after_restart(tmp_path, job)
        assert ended.state == State.RENDERED
        longest = max(longest, seconds)
    record_property("bots killed", 50)
    record_property("seconds until it is painted on", round(longest, 2))


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_children_killed_at_random(tmp_path: Path, record_property: Figures) -> None:
    """Two hundred children killed at random moments: every job ends, rendered or given up after two deaths."""
    rng = random.Random(7)
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        worker = WorkerHarness(stores, tmp_path)
        jobs = [await worker.ask(f"u{number}", steps=10, pause=0.02) for number in range(JOBS)]
        async with worker.working():
            killed: set[int] = set()
            while len(killed) < KILLS:
                await asyncio.sleep(rng.uniform(0.0, 0.9))
                if worker.pids() and is_alive(child := worker.pids()[-1]) and child not in killed:
                    worker.kill()
                    killed.add(child)
            ended = [await worker.ended(job, within=300) for job in jobs]
    rendered = sum(job.state == State.RENDERED for job in ended)
    record_property("children killed", len(killed))
    record_property("jobs given up after two deaths", JOBS - rendered)
    record_property("jobs lost", JOBS - len({job.id for job in ended}))
    assert all(job.state == State.RENDERED or job.deaths == 1 for job in ended)
    assert len({job.id for job in ended}) == JOBS

"""The dispatcher: one child for all jobs, replaced when it dies, and ended with the worker."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sys
import time

import pytest

from bot.storage.models import Job, State
from bot.worker.protocol import Ready
from tests.support.jobs import connection_of, eventually
from tests.support.worker_harness import LONG, QUICK, WorkerHarness, is_alive


async def test_one_child_paints_all_in_their_order(worker: WorkerHarness) -> None:
    """The model is loaded once; jobs are painted one after the other, in the order of their requests."""
    jobs = [await worker.ask(f"u{number}") for number in range(5)]
    async with worker.working() as dispatcher:
        ended = [await worker.ended(job) for job in jobs]
        assert dispatcher.engine == Ready(device="fake", weights="none", note="")
    times = [await _finished_at(worker, job) for job in ended]
    assert times == sorted(times)
    assert len(worker.pids()) == 1


async def _finished_at(worker: WorkerHarness, job: Job) -> float:
    [[when]] = await connection_of(worker.stores).execute_fetchall(
        "SELECT finished_at FROM job WHERE id = ?", (job.id,)
    )
    return float(when)


async def test_a_child_killed_while_idle_costs_nothing(worker: WorkerHarness) -> None:
    """The next job finds a fresh child and pays no attempt for the death of the old one."""
    async with worker.working() as dispatcher:
        await worker.ended(await worker.ask())
        worker.kill()

        async def fresh() -> bool:
            return len(worker.pids()) == 2 and dispatcher.engine is not None

        await eventually(fresh)
        ended = await worker.ended(await worker.ask("u2"))
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


async def test_missing_weights_are_reported_and_tried_again(worker: WorkerHarness) -> None:
    """A child that cannot start costs no attempt and is started again after a pause, until it can."""
    (worker.folder / "no weights").touch()
    job = await worker.ask()
    async with worker.working() as dispatcher:

        async def tried() -> bool:
            return len(worker.pids()) >= 2 and dispatcher.trouble == "There are no weights."

        await eventually(tried)
        assert dispatcher.engine is None
        (worker.folder / "no weights").unlink()
        ended = await worker.ended(job)
        assert (ended.state, ended.attempt) == (State.RENDERED, 1)
        assert dispatcher.trouble == ""


@pytest.mark.parametrize(
    ("command", "trouble"),
    [
        ([sys.executable, "-c", "print('hello')"], "something else than frames"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "exit code 3"),
        ([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], "signal 9"),
        (["/nonexistent"], "cannot be started"),
    ],
)
async def test_a_command_that_is_no_engine_is_reported(worker: WorkerHarness, command: list[str], trouble: str) -> None:
    """Whatever is started instead of the engine child, the worker says what went wrong and stops when told."""
    worker.command = command
    async with worker.working() as dispatcher:

        async def reported() -> bool:
            return trouble in dispatcher.trouble

        await eventually(reported)


async def test_enqueue_to_claim_is_quick(worker: WorkerHarness) -> None:
    """An idle worker takes a job at once; it does not wait until it polls the queue again."""
    async with worker.working(dataclasses.replace(QUICK, poll=1.0)):
        await worker.ended(await worker.ask())
        waits = []
        for number in range(10):
            began = time.monotonic()
            job = await worker.ask(f"v{number}")
            await worker.ended(job)
            waits.append(time.monotonic() - began)
    assert sorted(waits)[5] < 0.5  # a poll alone would take a second


async def test_a_frozen_child_does_not_delay_the_stop(worker: WorkerHarness) -> None:
    """A child that a signal has suspended during a job does not keep the worker from ending."""
    async with worker.working():
        job = await worker.ask(**LONG)
        await worker.progressed(job)
        os.kill(worker.pids()[-1], signal.SIGSTOP)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert (await worker.now(job)).state == State.QUEUED


async def test_a_cancelled_worker_leaves_no_child(worker: WorkerHarness) -> None:
    """A worker that is cancelled instead of stopped leaves no child behind either."""
    task = asyncio.create_task(_work_for_ever(worker))
    await eventually(lambda: _started(worker))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not is_alive(worker.pids()[-1])


async def _work_for_ever(worker: WorkerHarness) -> None:
    async with worker.working():
        await asyncio.Event().wait()


async def _started(worker: WorkerHarness) -> bool:
    return bool(worker.pids())

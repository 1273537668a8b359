"""The dispatcher: one child for all jobs, replaced when it dies, and ended with the worker."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import sys
import time

import prometheus_client
import pytest

from bot.storage.models import Job, State
from bot.worker.dispatcher import Dispatcher, EngineStartError
from bot.worker.protocol import Ready
from tests.support.databases import ON_BOTH
from tests.support.figures import Figures
from tests.support.jobs import connection_of, eventually
from tests.support.worker_harness import LONG, QUICK, WorkerHarness, is_alive


async def test_one_child_paints_all_in_their_order(worker: WorkerHarness) -> None:
    """The model is loaded once; jobs are painted one after the other, in the order of their requests."""
    jobs = [await worker.ask(f"u{number}") for number in range(5)]
    async with worker.working() as dispatcher:
        ended = [await worker.ended(job) for job in jobs]
        assert dispatcher.engine == Ready(
            device="fake", weights="none", note="", kind="fake", memory=(3_000_000, 8_000_000)
        )
        assert [_memory(each) for each in ("used", "total")] == [3_000_000, 8_000_000]
    assert _memory("used") is None
    times = [await _finished_at(worker, job) for job in ended]
    assert times == sorted(times)
    assert len(worker.pids()) == 1


def _memory(which: str) -> float | None:
    labels = {"worker": "engine", "memory": which}
    return prometheus_client.REGISTRY.get_sample_value("vitrage_device_memory_bytes", labels)


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


async def test_settings_that_cannot_work_end_the_worker(worker: WorkerHarness) -> None:
    """If the very first child cannot load its model, no other could: the job stays queued for better settings."""
    (worker.folder / "no weights").touch()
    job = await worker.ask()
    dispatcher = Dispatcher(worker.stores.work, worker.stores.blobs, worker.command, timeouts=QUICK)
    with pytest.raises(EngineStartError, match=r"There are no weights\."):
        async with asyncio.timeout(30):
            await dispatcher.run(asyncio.Event())  # nobody asks it to stop: it ends by itself
    assert len(worker.pids()) == 1
    now = await worker.now(job)
    assert (now.state, now.attempt) == (State.QUEUED, 0)


@pytest.mark.parametrize("served", [False, True])
async def test_what_may_pass_is_tried_again(worker: WorkerHarness, served: bool) -> None:
    """Missing memory at the start, or weights that vanish later, cost no attempt: a child is started until it can."""
    obstacle, trouble = ("no weights", "There are no weights.") if served else ("no memory", "too little memory")
    async with worker.working() as dispatcher:
        if served:
            await worker.ended(await worker.ask("u0"))
        (worker.folder / obstacle).touch()
        if served:
            worker.kill()

        async def tried() -> bool:
            return len(worker.pids()) >= 3 and trouble in dispatcher.trouble

        await eventually(tried)
        assert dispatcher.state.out_of_service
        job = await worker.ask()
        (worker.folder / obstacle).unlink()
        ended = await worker.ended(job)
        assert (ended.state, ended.attempt) == (State.RENDERED, 1)
        assert dispatcher.trouble == ""
        assert not dispatcher.state.out_of_service


async def test_a_child_that_freezes_while_it_loads_is_replaced(worker: WorkerHarness) -> None:
    """A download that does not go on is no sign of life; meanwhile the chat can tell that pictures wait."""
    (worker.folder / "freeze").touch()
    async with worker.working(dataclasses.replace(QUICK, load=5.0)) as dispatcher:

        async def replaced() -> bool:
            return len(worker.pids()) >= 2 and dispatcher.state.out_of_service

        await eventually(replaced)
        assert dispatcher.trouble == "The engine child did not get ready in time."
        (worker.folder / "freeze").unlink()
        assert (await worker.ended(await worker.ask())).state == State.RENDERED


async def test_a_long_download_is_waited_for(worker: WorkerHarness) -> None:
    """As long as it goes on, the child is not replaced; the chat can tell that pictures wait."""
    (worker.folder / "slow download").touch()
    load = 5.0  # seconds; a busy machine may take two to start the child
    async with worker.working(dataclasses.replace(QUICK, load=load)) as dispatcher:

        async def downloading() -> bool:
            return dispatcher.trouble == "The weights are being downloaded."

        await eventually(downloading)
        began = time.monotonic()

        async def longer_than_a_freeze() -> bool:
            return time.monotonic() - began > 1.5 * load

        await eventually(longer_than_a_freeze)
        assert dispatcher.state.out_of_service
        (worker.folder / "slow download").unlink()
        assert (await worker.ended(await worker.ask())).state == State.RENDERED
    assert len(worker.pids()) == 1


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


@ON_BOTH
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


@pytest.mark.slow
@ON_BOTH
async def test_an_idle_worker_claims_within_50_milliseconds(worker: WorkerHarness, record_property: Figures) -> None:
    """From the moment when a job is queued, 95 times of a hundred."""
    waits = []
    async with worker.working(dataclasses.replace(QUICK, poll=1.0)):
        await worker.ended(await worker.ask())
        for number in range(200):
            job = await worker.ask(f"v{number}")
            began = time.monotonic()
            while not (await worker.now(job)).attempt:  # noqa: ASYNC110 - as in `eventually`, but ten times as often
                await asyncio.sleep(0.001)
            waits.append(time.monotonic() - began)
            await worker.ended(job)
    record_property("milliseconds from queued to claimed, p95", round(sorted(waits)[189] * 1000, 1))
    assert sorted(waits)[189] < 0.05


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


async def test_better_weights_are_taken_between_two_jobs(worker: WorkerHarness) -> None:
    """The job in work is painted to its end by the old child, the next one by a new child; neither pays an attempt."""
    (worker.folder / "weights").write_text("builtin")
    async with worker.working() as dispatcher:
        first = await worker.ask("u1", pause=0.1, steps=5)
        await worker.progressed(first)
        second = await worker.ask("u2")
        (worker.folder / "weights").write_text("pretrained")
        dispatcher.take_better_weights()
        ended = [await worker.ended(job) for job in (first, second)]
        assert [(job.state, job.attempt) for job in ended] == [(State.RENDERED, 1)] * 2
        assert len(worker.pids()) == 2 and not is_alive(worker.pids()[0])
        assert dispatcher.engine is not None and dispatcher.engine.weights == "pretrained"
        assert not dispatcher.state.out_of_service


@pytest.mark.parametrize("weights", ["pretrained", "builtin"])
async def test_a_child_is_replaced_once_at_most(worker: WorkerHarness, weights: str) -> None:
    """Not at all if it has the better weights already; and if the next one cannot read them, it stays."""
    (worker.folder / "weights").write_text(weights)
    async with worker.working() as dispatcher:
        dispatcher.take_better_weights()
        for number in range(3):
            assert (await worker.ended(await worker.ask(f"u{number}"))).attempt == 1
    assert len(worker.pids()) == (1 if weights == "pretrained" else 2)

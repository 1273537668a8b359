"""Stopping: a job that is not wanted any more, one that is wanted as it is, and the worker itself."""

from __future__ import annotations

import dataclasses
import time

import pytest

from bot.storage.models import State
from bot.worker.job_run import Timeouts
from tests.support.databases import ON_BOTH
from tests.support.jobs import ALICE, eventually, kept_blobs
from tests.support.worker_harness import LONG, QUICK, WorkerHarness, is_alive


@ON_BOTH
@pytest.mark.parametrize("deaf", [False, True])
async def test_cancel_stops_the_painting_within_two_seconds(worker: WorkerHarness, deaf: bool) -> None:
    """The next job is painted by the same child, or by another one if that did not react; the first would need 40 s."""
    timeouts = dataclasses.replace(QUICK, look=Timeouts.look, stop=Timeouts.stop)  # as in service
    assert timeouts.look + timeouts.stop < 2  # on a machine that is not busy nothing else takes long
    async with worker.working(timeouts) as dispatcher:
        job = await worker.ask(deaf=deaf, **LONG)
        await worker.progressed(job)
        first = worker.pids()[-1]
        assert await worker.stores.jobs.cancel(job.id)
        if deaf:
            await eventually(lambda: _gone(first), within=20)
        following = await worker.ended(await worker.ask("u2"))
        assert following.state == State.RENDERED
        assert dispatcher.engine is not None
    assert len(worker.pids()) == 1 + deaf
    assert (await worker.now(job)).state == State.CANCELLED


async def _gone(pid: int) -> bool:
    return not is_alive(pid)


async def test_a_flood_of_progress_does_not_block_the_worker(worker: WorkerHarness) -> None:
    """A child that sends progress without a pause can be stopped like any other."""
    async with worker.working():
        job = await worker.ask(flood=True, steps=10_000_000)
        await worker.progressed(job)
        assert await worker.stores.jobs.cancel(job.id)
        following = await worker.ended(await worker.ask("u2"))
    assert following.state == State.RENDERED


@ON_BOTH
async def test_forget_stops_the_painting(worker: WorkerHarness) -> None:
    """A forgotten user's picture is not painted any further, and no file of it is left."""
    async with worker.working():
        job = await worker.ask(**LONG)
        await worker.progressed(job)
        await worker.stores.people.forget(ALICE.user_id)
        following = await worker.ended(await worker.ask("u2"))
        assert following.state == State.RENDERED
    named = {following.content, *following.styles, following.preview, following.result, following.timelapse}
    assert await kept_blobs(worker.stores) <= named


async def test_stop_lets_a_job_end_that_is_nearly_done(worker: WorkerHarness) -> None:
    """A picture that needs a moment more is finished."""
    async with worker.working():
        job = await worker.ask(steps=25, pause=0.02, left=0.5)
        await worker.progressed(job)
    assert (await worker.now(job)).state == State.RENDERED


@ON_BOTH
@pytest.mark.parametrize("left", [None, 1000.0, 0.1])
async def test_stop_releases_a_job_that_needs_longer(worker: WorkerHarness, left: float | None) -> None:
    """A job that cannot end in time, or does not despite its estimate, goes back and its attempt is not counted."""
    async with worker.working(dataclasses.replace(QUICK, shutdown=0.5)):
        job = await worker.ask(left=left, **LONG)
        await worker.progressed(job)
        began = time.monotonic()
    assert time.monotonic() - began < 20  # half of what the picture needs
    now = await worker.now(job)
    assert (now.state, now.attempt) == (State.QUEUED, 0)


@ON_BOTH
async def test_a_picture_that_is_wanted_as_it_is_is_rendered(worker: WorkerHarness) -> None:
    """Stop here: the job ends with what there is, and its seconds do not count for estimates."""
    async with worker.working():
        job = await worker.ask(steps=1000, pause=0.02)
        await worker.progressed(job)
        assert await worker.stores.jobs.stop_here(job.id)
        ended = await worker.ended(job)
        assert ended.state is State.RENDERED
        assert ended.result is not None
        assert ended.report["stopped_at"] < 1000
        assert await worker.stores.jobs.estimate(job.recipe) is None
        after = await worker.ask("u2")  # the child is as ready as before
        assert (await worker.ended(after)).state is State.RENDERED

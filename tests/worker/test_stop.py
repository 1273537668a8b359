"""Stopping: a job that is not wanted any more, and the worker itself."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import time
from typing import Any

import pytest

from bot.storage.models import State
from tests.support.jobs import ALICE, enqueue, eventually, names
from tests.support.worker_harness import QUICK, Stage, is_alive, script, size_of

LONG: dict[str, Any] = {"steps": 2000, "pause": 0.02}  # a picture that takes far longer than any test


@pytest.mark.parametrize("deaf", [False, True])
async def test_cancel_stops_the_painting_within_two_seconds(stage: Stage, deaf: bool) -> None:
    """The device is free for the next job, with the same child, or a fresh one where it would not listen."""
    limits = dataclasses.replace(QUICK, look=0.25, stop=1.2)  # as in service
    async with stage.working(limits) as dispatcher:
        job = await stage.ask(deaf=deaf, **LONG)
        await stage.progressed(job)
        first = stage.pids()[-1]
        began = time.monotonic()
        assert await stage.stores.jobs.cancel(job.id)
        if deaf:
            await eventually(lambda: _gone(first))
            assert time.monotonic() - began < 2
        following = await stage.ended(await stage.ask("u2"))
        assert following.state == State.RENDERED
        assert deaf or time.monotonic() - began < 2
        assert dispatcher.engine is not None
    assert len(stage.pids()) == 1 + deaf
    assert (await stage.now(job)).state == State.CANCELLED


async def _gone(pid: int) -> bool:
    return not is_alive(pid)


async def test_a_flood_of_progress_drowns_nobody(stage: Stage) -> None:
    """A child that talks without pause is listened to now and then, and is stopped all the same."""
    async with stage.working():
        job = await stage.ask(flood=True, steps=10_000_000)
        await stage.progressed(job)
        assert await stage.stores.jobs.cancel(job.id)
        following = await stage.ended(await stage.ask("u2"))
    assert following.state == State.RENDERED


async def test_forget_stops_the_painting(stage: Stage) -> None:
    """A user who is forgotten has nothing painted, and leaves no file."""
    async with stage.working():
        job = await stage.ask(**LONG)
        await stage.progressed(job)
        await stage.stores.chats.forget(ALICE.user_id)
        following = await stage.ended(await stage.ask("u2"))
        assert following.state == State.RENDERED
    named = {following.content, *following.styles, following.preview, following.result, following.film}
    assert names(stage.folder / "blobs") <= named


async def test_stop_lets_a_job_end_that_is_nearly_done(stage: Stage) -> None:
    """What needs a moment more is finished, not thrown away."""
    async with stage.working():
        job = await stage.ask(steps=25, pause=0.02, left=0.5)
        await stage.progressed(job)
    assert (await stage.now(job)).state == State.RENDERED


@pytest.mark.parametrize("left", [None, 1000.0, 0.1])
async def test_stop_releases_a_job_that_needs_longer(stage: Stage, left: float | None) -> None:
    """A job that cannot end in time, or does not though it promised, goes back with its attempt refunded."""
    async with stage.working(dataclasses.replace(QUICK, shutdown=0.5)):
        job = await stage.ask(left=left, **LONG)
        await stage.progressed(job)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    now = await stage.now(job)
    assert (now.state, now.attempt) == (State.QUEUED, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_is_the_owners_to_deal_with(stage: Stage, number: signal.Signals) -> None:
    """A child does not die of the Ctrl-C, or the service manager's stop, that its whole process group gets."""
    async with stage.working():
        job = await stage.ask(steps=30, pause=0.02)
        await stage.progressed(job)
        os.kill(stage.pids()[-1], number)
        ended = await stage.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


async def test_a_frozen_child_holds_nobody_up(stage: Stage) -> None:
    """A child that is stopped by a signal in mid-job does not keep the worker from ending."""
    async with stage.working():
        job = await stage.ask(**LONG)
        await stage.progressed(job)
        os.kill(stage.pids()[-1], signal.SIGSTOP)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert (await stage.now(job)).state == State.QUEUED


async def test_a_cancelled_worker_leaves_no_child(stage: Stage) -> None:
    """A worker that is cancelled instead of stopped leaves no child behind either."""
    task = asyncio.create_task(_work_for_ever(stage))
    await eventually(lambda: _started(stage))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not is_alive(stage.pids()[-1])


async def _work_for_ever(stage: Stage) -> None:
    async with stage.working():
        await asyncio.Event().wait()


async def _started(stage: Stage) -> bool:
    return bool(stage.pids())


async def test_a_picture_that_is_wanted_as_it_is_is_rendered(stage: Stage) -> None:
    """Stop here: the job ends with what there is, and its seconds do not count for estimates."""
    async with stage.working():
        job = await stage.ask(steps=1000, pause=0.02)
        await stage.progressed(job)
        assert await stage.stores.jobs.stop_here(job.id)
        ended = await stage.ended(job)
        assert ended.state is State.RENDERED
        assert ended.result is not None
        assert ended.report["stopped_at"] < 1000
        assert await stage.stores.jobs.estimate(job.recipe) is None
        after = await stage.ask("u2")  # the child is as ready as before
        assert (await stage.ended(after)).state is State.RENDERED


async def test_a_contact_sheet_holds_the_content_in_each_style(stage: Stage) -> None:
    """One job, one result, progress over all of its pictures."""
    async with stage.working():
        styles = [await stage.stores.blobs.put(b"style") for _ in range(5)]
        job = await enqueue(stage.stores, "u1", content=script(), styles=tuple(styles), kind="sheet")
        ended = await stage.ended(job)
        assert ended.state is State.RENDERED
        assert ended.result is not None
        width, height = size_of(await stage.stores.blobs.get(ended.result))
        assert (width, height) == tuple(ended.report["size"])
        assert width > height  # four in a row, then one

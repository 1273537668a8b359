"""Conformance: telling the user, and keeping nothing afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.storage.models import Delivery, Job, JobError, State
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, Clock, claim, current, enqueue, names, render

DAY = 24 * 3600.0


async def _rendered(stores: Stores) -> Job:
    job = await claim(stores)
    await stores.jobs.record_progress(job, 0.5, 1.0, await stores.blobs.put(b"preview"))
    await render(stores, job)
    return job


async def _failed(stores: Stores) -> Job:
    job = await claim(stores)
    await stores.jobs.fail(job, JobError.ENGINE, "")
    return job


async def _cancelled(stores: Stores) -> Job:
    job = await claim(stores)
    await stores.jobs.cancel(job.id)
    return job


ENDS = pytest.mark.parametrize("end", [_rendered, _failed, _cancelled])
End = Callable[[Stores], Awaitable[Job]]


@ENDS
async def test_a_send_begins_once(stores: Stores, end: End) -> None:
    """Two senders never send the same answer; one that provably failed may begin again."""
    await enqueue(stores, "u1")
    job = await end(stores)
    assert await stores.jobs.begin_delivery(job.id)
    assert not await stores.jobs.begin_delivery(job.id)
    assert (await current(stores, job)).delivery == Delivery.SENDING
    await stores.jobs.delivery_failed(job.id)
    assert await stores.jobs.begin_delivery(job.id)


@ENDS
async def test_nothing_personal_is_kept_once_the_user_has_the_answer(stores: Stores, end: End, tmp_path: Path) -> None:
    """Inputs, preview and result are deleted with the end of the delivery, whatever the answer was."""
    await enqueue(stores, "u1")
    job = await end(stores)
    await stores.jobs.begin_delivery(job.id)
    await stores.jobs.finish_delivery(job.id)
    now = await current(stores, job)
    assert now.delivery == Delivery.DONE
    assert now.state == (State.DELIVERED if end is _rendered else now.state)
    assert (now.content, now.styles, now.preview, now.result) == ("", (), None, None)
    assert names(tmp_path / "blobs") == set()
    assert await stores.jobs.unsettled() == []
    await stores.jobs.delivery_failed(job.id)
    assert not await stores.jobs.begin_delivery(job.id)


async def test_an_unfinished_job_has_no_answer(stores: Stores) -> None:
    """A job that is queued or running is not delivered by mistake."""
    queued = await enqueue(stores, "u1")
    await stores.jobs.finish_delivery(queued.id)
    running = await claim(stores)
    assert not await stores.jobs.begin_delivery(running.id)
    await stores.jobs.finish_delivery(running.id)
    assert await current(stores, running) == running
    assert await stores.blobs.get(running.content) == b"cat"


async def test_a_picture_that_another_job_needs_is_kept(stores: Stores) -> None:
    """Two jobs may share a picture; it goes with the second."""
    first = await enqueue(stores, "u1")
    second = await enqueue(stores, "u2", content=b"", styles=first.styles)
    await stores.jobs.cancel(first.id)
    await stores.jobs.finish_delivery(first.id)
    assert await stores.blobs.get(second.styles[0]) == b"glass"
    await stores.jobs.cancel(second.id)
    await stores.jobs.finish_delivery(second.id)
    with pytest.raises(KeyError):
        await stores.blobs.get(second.styles[0])


async def test_unsettled_are_all_that_a_user_may_have_to_hear_of(stores: Stores) -> None:
    """After a restart the bot finds every job whose story is not told to its end."""
    for number in range(4):
        await enqueue(stores, f"u{number}")
    delivered, rendered = await _rendered(stores), await _rendered(stores)
    running = await claim(stores)
    await stores.jobs.finish_delivery(delivered.id)
    await stores.jobs.begin_delivery(rendered.id)
    assert [job.id for job in await stores.jobs.unsettled()] == [rendered.id, running.id, running.id + 1]


async def test_jobs_of_a_user_in_a_chat(stores: Stores) -> None:
    """A user sees their own jobs of this chat, in order, as long as they have not ended."""
    mine = [await enqueue(stores, f"u{number}") for number in range(3)]
    await enqueue(stores, "v", address=BOB)
    await _cancelled(stores)
    assert [job.id for job in await stores.jobs.jobs_of(ALICE)] == [mine[1].id, mine[2].id]


async def test_what_has_served_its_time_is_deleted(stores: Stores, clock: Clock) -> None:
    """Jobs go a week after their end, photos (of a draft too) and handled updates after two days; no sooner."""
    await enqueue(stores, "u1")
    await enqueue(stores, "u2")
    told, untold = await _rendered(stores), await _rendered(stores)
    await stores.jobs.finish_delivery(told.id)
    await stores.jobs.add_photo(ALICE, 1, await stores.blobs.put(b"dog"))
    await stores.jobs.discard_draft(ALICE)
    await stores.jobs.add_photo(ALICE, 2, await stores.blobs.put(b"dog"))
    await stores.chats.receive_update(1, "a")
    await stores.chats.receive_update(2, "b")
    await stores.chats.finish_update(1)
    assert await stores.prune(clock.now + 2 * DAY - 1) == 0
    assert await stores.prune(clock.now + 2 * DAY + 1) == 3
    assert await stores.prune(clock.now + 7 * DAY + 1) == 1
    assert await stores.jobs.get(told.id) is None
    assert [job.id for job in await stores.jobs.unsettled()] == [untold.id]
    assert await stores.jobs.draft(ALICE) == []
    assert await stores.chats.pending_updates() == ["b"]

"""Conformance: what a requester is told, and what is kept afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.storage.models import (
    Delivery,
    Job,
    JobError,
    KeptResult,
    Recipe,
    State,
)
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, Clock, claim, current, enqueue, kept_blobs, render

DAY = 24 * 3600.0


async def _rendered(stores: Stores) -> Job:
    job = await claim(stores)
    await stores.work.record_progress(job, 0.5, 1.0, await stores.blobs.put(b"preview"))
    await render(stores, job)
    return job


async def _failed(stores: Stores) -> Job:
    job = await claim(stores)
    await stores.work.fail(job, JobError.ENGINE, "")
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
    assert await stores.deliveries.begin(job.id)
    assert not await stores.deliveries.begin(job.id)
    assert (await current(stores, job)).delivery == Delivery.SENDING
    await stores.deliveries.failed(job.id)
    assert await stores.deliveries.begin(job.id)


@ENDS
async def test_nothing_personal_is_kept_once_the_user_has_the_answer(stores: Stores, end: End) -> None:
    """Inputs, preview and result are deleted with the end of the delivery, whatever the answer was."""
    await enqueue(stores, "u1")
    job = await end(stores)
    await stores.deliveries.begin(job.id)
    await stores.deliveries.finish(job.id)
    now = await current(stores, job)
    assert now.delivery == Delivery.DONE
    assert now.state == (State.DELIVERED if end is _rendered else now.state)
    assert (now.content, now.styles, now.preview, now.result) == ("", (), None, None)
    assert await kept_blobs(stores) == set()
    assert await stores.deliveries.unsettled() == []
    await stores.deliveries.failed(job.id)
    assert not await stores.deliveries.begin(job.id)


async def test_an_unfinished_job_has_no_answer(stores: Stores) -> None:
    """A job that is queued or running is not delivered by mistake."""
    queued = await enqueue(stores, "u1")
    await stores.deliveries.finish(queued.id)
    running = await claim(stores)
    assert not await stores.deliveries.begin(running.id)
    await stores.deliveries.finish(running.id)
    assert await current(stores, running) == running
    assert await stores.blobs.get(running.content) == b"cat"


async def test_a_picture_that_another_job_needs_is_kept(stores: Stores) -> None:
    """Two jobs may share a picture; it is deleted with the second."""
    first = await enqueue(stores, "u1")
    second = await enqueue(stores, "u2", content=b"", styles=first.styles)
    await stores.jobs.cancel(first.id)
    await stores.deliveries.finish(first.id)
    assert await stores.blobs.get(second.styles[0]) == b"glass"
    await stores.jobs.cancel(second.id)
    await stores.deliveries.finish(second.id)
    with pytest.raises(KeyError):
        await stores.blobs.get(second.styles[0])


async def test_unsettled_are_all_that_a_user_may_have_to_hear_of(stores: Stores) -> None:
    """After a restart the bot finds every job whose requester has not been told its end."""
    for number in range(4):
        await enqueue(stores, f"u{number}")
    delivered, rendered = await _rendered(stores), await _rendered(stores)
    running = await claim(stores)
    await stores.deliveries.finish(delivered.id)
    await stores.deliveries.begin(rendered.id)
    assert [job.id for job in await stores.deliveries.unsettled()] == [rendered.id, running.id, running.id + 1]


async def test_the_first_picture_of_somebody_is_known_as_such(stores: Stores) -> None:
    """Until another one was delivered to the same user; those of other users do not count."""
    for key, address in (("b", BOB), ("a1", ALICE), ("a2", ALICE)):
        job = await enqueue(stores, key, address=address)
        await render(stores, await claim(stores))
        assert await stores.deliveries.is_first(job) is (key != "a2")
        await stores.deliveries.finish(job.id)


async def test_a_finished_picture_is_kept_for_a_day_where_that_is_asked_for(stores: Stores, clock: Clock) -> None:
    """The buttons under it need it; after a day it is deleted."""
    job = await enqueue(stores, "u1")
    picture = await render(stores, await claim(stores))
    await stores.deliveries.begin(job.id)
    await stores.deliveries.finish(job.id, keep=True)
    assert (await current(stores, job)).result is None
    assert await stores.deliveries.kept_result(job.id) == KeptResult(picture, timelapse=None)
    clock.now += DAY - 1
    await stores.people.prune()
    assert await stores.blobs.get(picture) == b"painted"
    clock.now += 2
    await stores.people.prune()
    assert await stores.deliveries.kept_result(job.id) is None
    with pytest.raises(KeyError):
        await stores.blobs.get(picture)


async def test_only_a_finished_picture_is_kept_and_it_can_be_dropped(stores: Stores) -> None:
    """A cancelled job has no picture to keep; a kept one can be deleted at once, and /forget deletes it too."""
    cancelled = await enqueue(stores, "u1")
    await stores.jobs.cancel(cancelled.id)
    await stores.deliveries.finish(cancelled.id, keep=True)
    assert await stores.deliveries.kept_result(cancelled.id) is None
    for key in ("u2", "u3"):
        job = await enqueue(stores, key)
        picture = await render(stores, await claim(stores))
        await stores.deliveries.finish(job.id, keep=True)
        await (stores.deliveries.drop_kept_result(job.id) if key == "u2" else stores.people.forget(ALICE.user_id))
        assert await stores.deliveries.kept_result(job.id) is None
        with pytest.raises(KeyError):
            await stores.blobs.get(picture)


async def test_a_kept_picture_can_be_gone_on_from(stores: Stores, clock: Clock) -> None:
    """Its blob stays as long as the kept result or the new job names it; the timelapse as long as the former."""
    first = await enqueue(stores, "u1")
    claimed = await claim(stores)
    made, timelapse = await stores.blobs.put(b"painted"), await stores.blobs.put(b"frames")
    assert await stores.work.complete(claimed, made, {}, 1.0, timelapse=timelapse)
    await stores.deliveries.finish(first.id, keep=True)
    assert await stores.deliveries.kept_result(first.id) == KeptResult(made, timelapse)
    second = await enqueue(stores, "u2", start=made, recipe=Recipe(strokes="large"))
    assert (second.start, second.resumed, second.recipe.strokes) == (made, True, "large")
    await stores.deliveries.drop_kept_result(first.id)
    assert await stores.blobs.get(made) == b"painted"
    assert timelapse not in await kept_blobs(stores)
    await stores.jobs.cancel(second.id)
    await stores.deliveries.finish(second.id)
    assert await kept_blobs(stores) == set()
    assert (await current(stores, second)).start is None


async def test_a_question_is_known_as_long_as_its_job(stores: Stores, clock: Clock) -> None:
    """It is found by chat and message, and deleted with the job's row; a question about a deleted job is not stored."""
    first, second = await enqueue(stores, "u1"), await enqueue(stores, "u2")
    for job, message_id in ((first, 5), (first, 6), (second, 7)):
        await stores.deliveries.ask_region(job.id, 100, message_id)
    asked = [await stores.deliveries.asked_region(100, message_id) for message_id in (5, 6, 7, 8)]
    assert [job.id if job else None for job in asked] == [first.id, first.id, second.id, None]
    assert await stores.deliveries.asked_region(101, 5) is None
    await stores.jobs.cancel(first.id)
    await stores.deliveries.finish(first.id)
    clock.now += 8 * DAY
    await stores.people.prune()
    assert await stores.deliveries.asked_region(100, 5) is None
    await stores.people.forget(ALICE.user_id)
    assert await stores.deliveries.asked_region(100, 7) is None
    await stores.deliveries.ask_region(first.id, 100, 9)
    assert await stores.deliveries.asked_region(100, 9) is None

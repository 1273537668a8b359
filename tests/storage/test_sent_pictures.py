"""What a job remembers of its delivered picture, and of a status message that is still to be deleted."""

from __future__ import annotations

from bot.storage.models import Address, Delivery, SentPicture, State
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, claim, current, enqueue, render

SENT = SentPicture(31, "file-of-the-picture")


async def test_a_job_remembers_its_delivered_picture(stores: Stores) -> None:
    """Presses on old messages do not bring it."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    await render(stores, job)
    assert (await current(stores, job)).picture is None
    await stores.deliveries.finish(job.id, keep=True, picture=SENT)
    done = await current(stores, job)
    assert (done.state, done.picture, done.status_left) == (State.DELIVERED, SENT, False)
    assert await stores.deliveries.unsettled() == []


async def test_a_job_is_unsettled_until_its_status_message_is_deleted(stores: Stores) -> None:
    """The delivery itself is done and is not repeated."""
    job = await enqueue(stores, "u1")
    await stores.deliveries.set_status_message(job.id, 30)
    assert await stores.jobs.cancel(job.id)
    await stores.deliveries.finish(job.id, status_left=True)
    [left] = await stores.deliveries.unsettled()
    assert (left.id, left.delivery, left.status_left, left.status_message_id) == (job.id, Delivery.DONE, True, 30)
    await stores.deliveries.status_removed(job.id)
    assert await stores.deliveries.unsettled() == []
    assert (await current(stores, job)).status_message_id is None


async def test_a_job_can_be_answered_elsewhere(stores: Stores) -> None:
    """It keeps its requester, and has no status message there."""
    job = await enqueue(stores, "u1")
    await stores.deliveries.set_status_message(job.id, 30)
    private = Address(ALICE.user_id, None, ALICE.user_id)
    await stores.deliveries.redirect(job.id, private, 0)
    moved = await current(stores, job)
    assert (moved.address, moved.message_id, moved.status_message_id) == (private, 0, None)


async def test_who_wrote_in_private_is_known(stores: Stores) -> None:
    """The bot may write to them first."""
    assert not await stores.people.knows(1)
    await stores.people.meet(1)
    assert await stores.people.knows(1)
    assert not await stores.people.knows(2)

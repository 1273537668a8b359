"""Conformance: users take turns, limits are counted, and what the owner of the bot decides."""

from __future__ import annotations

import dataclasses

from bot.storage.models import Address, Load, Place, Preference, Standing
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, Clock, claim, current, enqueue, render

DAY = 24 * 3600.0


async def test_who_queues_one_does_not_wait_for_who_queued_many(stores: Stores) -> None:
    """Alice's ten jobs share the painter with Bob's one and Carol's two; each user's own stay in order."""
    carol = Address(300, None, 3)
    many = [await enqueue(stores, f"a{number}") for number in range(4)]
    bobs = await enqueue(stores, "b", address=BOB)
    carols = [await enqueue(stores, f"c{number}", address=carol) for number in range(2)]
    assert await stores.jobs.place(bobs) == Place(ahead=1, seconds=None)
    order = [(await claim(stores)).id for _ in range(7)]
    wanted = [many[0], bobs, carols[0], many[1], carols[1], many[2], many[3]]
    assert order == [job.id for job in wanted]


async def test_a_newcomer_is_not_owed_for_the_time_before(stores: Stores) -> None:
    """Who comes after a long day of others' jobs takes turns from now on, and does not get all at once."""
    for number in range(5):
        await enqueue(stores, f"a{number}")
        await render(stores, await claim(stores), seconds=20)
    alices = [await enqueue(stores, f"late{number}") for number in range(2)]
    bobs = [await enqueue(stores, f"b{number}", address=BOB) for number in range(3)]
    order = [(await claim(stores)).id for _ in range(5)]
    assert order.index(alices[0].id) < order.index(bobs[1].id)
    assert order.index(alices[1].id) < order.index(bobs[2].id)


async def test_the_load_counts_users_chats_and_days(stores: Stores, clock: Clock) -> None:
    """Waiting or in work, of this user, this chat and everyone; a day's pictures until the day is over."""
    begin = clock.now
    friend = dataclasses.replace(ALICE, user_id=9)
    await enqueue(stores, "u1")
    clock.now += 100
    cancelled = await enqueue(stores, "u2")
    await stores.jobs.cancel(cancelled.id)
    await enqueue(stores, "u3", address=friend)
    await enqueue(stores, "u4", address=BOB)
    assert await stores.jobs.load(ALICE) == Load(own=1, chat=2, everyone=3, today=1, frees_in=DAY - 100)
    clock.now = begin + DAY + 1
    assert (await stores.jobs.load(ALICE)).today == 0


async def test_a_chat_that_gets_a_new_id_takes_everything_along(stores: Stores) -> None:
    """A group becomes a supergroup: drafts, wishes, jobs and settings are there, messages of the old one are not."""
    await stores.jobs.add_photo(ALICE, 5, await stores.blobs.put(b"cat"))
    await stores.jobs.add_photo(ALICE, 6, await stores.blobs.put(b"dog"))
    await stores.jobs.make_wish(ALICE, "mosaic")
    job = await enqueue(stores, "u1")
    await stores.jobs.set_status_message(job.id, 7)
    await stores.chats.save_preference(ALICE.chat_id, Preference("ru"))
    await stores.chats.meet(ALICE.chat_id)
    await stores.jobs.move_chat(ALICE.chat_id, -1001)
    await stores.chats.move_chat(ALICE.chat_id, -1001)
    moved = dataclasses.replace(ALICE, chat_id=-1001)
    assert [await stores.blobs.get(photo.blob) for photo in await stores.jobs.draft(moved)] == [b"cat", b"dog"]
    assert await stores.jobs.wish(moved) == "mosaic"
    found = await current(stores, job)
    assert (found.address, found.status_message_id) == (moved, None)
    assert await stores.chats.preference(-1001) == Preference("ru")
    assert not await stores.chats.meet(-1001)


async def test_bans_maintenance_and_letters(stores: Stores) -> None:
    """Each is said once and holds until it is taken back; a letter goes to each acquaintance that may come in."""
    assert await stores.chats.standing(1) == Standing(Preference(), banned=False, maintenance=False)
    for who in (1, 2, 3, -100):  # the last is a group, which gets no letters
        assert await stores.chats.meet(who)
        assert not await stores.chats.meet(who)
    assert await stores.chats.ban(2, banned=True)
    assert not await stores.chats.ban(2, banned=True)
    await stores.chats.maintain(on=True)
    assert await stores.chats.standing(2) == Standing(Preference(), banned=True, maintenance=True)
    assert await stores.chats.write_letters("Hello") == 2
    assert [await stores.chats.take_letter() for _ in range(3)] == [(1, "Hello"), (3, "Hello"), None]
    await stores.chats.maintain(on=False)
    assert await stores.chats.ban(2, banned=False)
    await stores.chats.forget(1)
    assert await stores.chats.write_letters("Again") == 2
    assert (await stores.jobs.tally())["queued"] == 0

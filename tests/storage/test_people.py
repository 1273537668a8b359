"""Conformance: known and banned people, messages to everybody, and what is deleted."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from bot.storage.models import (
    Preference,
    Recipe,
    Standing,
)
from bot.storage.protocols import Stores
from tests.support.jobs import ALICE, BOB, Clock, claim, current, database_of, enqueue, kept_blobs, names, render

DAY = 24 * 3600.0


async def test_bans_maintenance_and_broadcasts(stores: Stores) -> None:
    """Bans and maintenance hold until they are lifted; a broadcast goes to each known user who is not banned."""
    assert await stores.people.standing(1, 1) == Standing(Preference(), banned=False, maintenance=False, recipe=None)
    for who in (1, 2, 3, -100):  # the last is a group, which gets no broadcasts
        assert await stores.people.meet(who)
        assert not await stores.people.meet(who)
    assert await stores.people.ban(2, banned=True)
    assert not await stores.people.ban(2, banned=True)
    await stores.people.set_maintenance(on=True)
    assert await stores.people.standing(2, 2) == Standing(Preference(), banned=True, maintenance=True, recipe=None)
    assert await stores.people.write_broadcast("Hello") == 2
    assert [await stores.people.take_broadcast() for _ in range(3)] == [(1, "Hello"), (3, "Hello"), None]
    await stores.people.set_maintenance(on=False)
    assert await stores.people.ban(2, banned=False)
    await stores.people.forget(1)
    assert await stores.people.write_broadcast("Again") == 2
    assert (await stores.jobs.tally())["queued"] == 0


async def test_a_group_has_settings_of_its_own(stores: Stores) -> None:
    """The recipe of the chat decides, else that of the user; language and output are always the user's."""
    await stores.settings.save_recipe(1, Recipe("fine"))
    await stores.settings.save_preference(1, Preference("ru"))
    await stores.settings.save_preference(-100, Preference("en"))
    for chat_id in (1, -100):
        standing = await stores.people.standing(1, chat_id)
        assert (standing.recipe, standing.preference) == (Recipe("fine"), Preference("ru"))
    await stores.settings.save_recipe(-100, Recipe("sketch"))
    assert (await stores.people.standing(1, -100)).recipe == Recipe("sketch")
    assert (await stores.people.standing(1, 1)).recipe == Recipe("fine")


async def test_a_chat_that_gets_a_new_id_takes_everything_along(stores: Stores) -> None:
    """A group becomes a supergroup: drafts, their styles, jobs and settings move, messages of the old chat do not."""
    await stores.drafts.add_photo(ALICE, 5, await stores.blobs.put(b"cat"))
    await stores.drafts.add_photo(ALICE, 6, await stores.blobs.put(b"dog"))
    await stores.drafts.choose_style(ALICE, "mosaic")
    job = await enqueue(stores, "u1")
    await stores.deliveries.set_status_message(job.id, 7)
    await stores.settings.save_preference(ALICE.chat_id, Preference("ru"))
    await stores.people.meet(ALICE.chat_id)
    await stores.people.move_chat(ALICE.chat_id, -1001)
    await stores.people.move_chat(ALICE.chat_id, -1001)
    moved = dataclasses.replace(ALICE, chat_id=-1001)
    assert [await stores.blobs.get(photo.blob) for photo in await stores.drafts.photos(moved)] == [b"cat", b"dog"]
    assert await stores.drafts.chosen_style(moved) == "mosaic"
    found = await current(stores, job)
    assert (found.address, found.message_id, found.status_message_id) == (moved, 0, None)
    assert await stores.settings.preference(-1001) == Preference("ru")
    assert not await stores.people.meet(-1001)


async def test_forget_leaves_nothing_of_a_user(stores: Stores, tmp_path: Path) -> None:
    """Jobs in every state, drafts, settings and blobs of this user alone are deleted; no file holds their keys."""
    mine = [await enqueue(stores, f"u{number}", address=ALICE) for number in range(2)]
    running = await claim(stores)
    await stores.drafts.add_photo(ALICE, 1, await stores.blobs.put(b"draft"))
    await stores.settings.save_recipe(ALICE.user_id, Recipe(size=999))
    theirs = await enqueue(stores, "v", address=BOB)
    assert await stores.people.forget(ALICE.user_id) == 2
    assert await stores.jobs.get(mine[0].id) is None
    assert await stores.drafts.photos(ALICE) == []
    assert await stores.settings.recipe(ALICE.user_id) is None
    assert not await stores.work.record_progress(running, 0.5, None, None)
    assert await kept_blobs(stores) == {theirs.content, *theirs.styles}
    for name in names(tmp_path) - {"blobs"}:  # on PostgreSQL there are none
        assert mine[0].content.encode() not in (tmp_path / name).read_bytes()
    assert (await claim(stores)).id == theirs.id


async def test_the_pictures_of_a_job_that_is_forgotten_go_too(stores: Stores) -> None:
    """The picture to continue from, the result and the timelapse, delivered or not."""
    for key in ("u1", "u2"):
        job = await enqueue(stores, key, start=await stores.blobs.put(b"start"))
        result, timelapse = await stores.blobs.put(b"painted"), await stores.blobs.put(b"frames")
        assert await stores.work.complete(await claim(stores), result, {}, 1.0, timelapse=timelapse)
    await stores.deliveries.finish(job.id, keep=True)
    await stores.people.forget(ALICE.user_id)
    assert await kept_blobs(stores) == set()


async def test_what_has_served_its_time_is_deleted(stores: Stores, clock: Clock) -> None:
    """Jobs a week after their end, photos (of a draft too) and handled updates after two days; no sooner."""
    told, untold = await enqueue(stores, "u1"), await enqueue(stores, "u2")
    for _ in range(2):
        await render(stores, await claim(stores))
    await stores.deliveries.finish(told.id)
    await stores.drafts.add_photo(ALICE, 1, await stores.blobs.put(b"dog"))
    await stores.drafts.discard(ALICE)
    await stores.drafts.add_photo(ALICE, 2, await stores.blobs.put(b"dog"))
    await stores.updates.receive(1, "a")
    await stores.updates.receive(2, "b")
    await stores.updates.finish(1)
    for later, deleted in ((2 * DAY - 1, 0), (2, 3), (5 * DAY, 1)):
        clock.now += later
        assert await stores.people.prune() == deleted
    assert await stores.jobs.get(told.id) is None
    assert [job.id for job in await stores.deliveries.unsettled()] == [untold.id]
    assert await stores.drafts.photos(ALICE) == []
    assert await stores.updates.pending() == ["b"]


async def test_a_user_votes_under_one_random_number_until_forgotten(stores: Stores) -> None:
    """The same at each call, another one for another user, and a new one afterwards."""
    number = await stores.people.voter(1)
    assert await stores.people.voter(1) == number
    assert await stores.people.voter(2) != number
    assert len(number) == 16
    await stores.people.forget(1)
    assert await stores.people.voter(1) != number


async def test_turns_begin_anew_once_nobody_waits(stores: Stores) -> None:
    """The virtual clock does not run for ever; while anybody waits it goes on, so that no place is lost."""

    async def turn_of(key: str) -> float:
        job = await enqueue(stores, key)
        row = await database_of(stores).transaction(
            lambda t: t.row("SELECT vt FROM job WHERE id = :id", {"id": job.id})
        )
        assert row is not None
        return float(row["vt"])

    assert [await turn_of(f"u{number}") for number in range(2)] == [0.0, 10.0]
    await stores.people.prune()
    assert await turn_of("u2") == 20.0
    for _ in range(3):
        await render(stores, await claim(stores))
    await stores.people.prune()
    assert await turn_of("u3") == 0.0

"""Conformance: inbox, settings and the right to be forgotten."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.storage.models import Recipe
from bot.storage.protocols import Stores
from tests.storage.conftest import Opener
from tests.support.jobs import ALICE, BOB, Clock, claim, enqueue, names


async def test_an_update_is_received_once(stores: Stores) -> None:
    """Of an update that comes three times, also at the same moment, one is new; handled or not."""
    for handled in (False, True):
        if handled:
            await stores.chats.finish_update(7)
        news = await asyncio.gather(*(stores.chats.receive_update(7, "hello") for _ in range(3)))
        assert sum(news) == (0 if handled else 1)


async def test_unhandled_updates_come_back_in_order(opener: Opener, tmp_path: Path, clock: Clock) -> None:
    """After a crash the bot finds what it had received and not handled."""
    async with opener(tmp_path, clock) as stores:
        for update_id in (3, 1, 2):
            await stores.chats.receive_update(update_id, f"update {update_id}")
        await stores.chats.finish_update(2)
    async with opener(tmp_path, clock) as stores:
        assert await stores.chats.pending_updates() == ["update 1", "update 3"]


async def test_settings_are_each_users_own(stores: Stores) -> None:
    """A user finds the settings that they saved last; another finds the defaults."""
    await stores.chats.save_recipe(1, Recipe("fine", 900, 30, "match"))
    await stores.chats.save_recipe(1, Recipe("sketch", None, 70, "content"))
    assert await stores.chats.recipe(1) == Recipe("sketch", None, 70, "content")
    assert await stores.chats.recipe(2) is None


async def test_forget_leaves_nothing_of_a_user(stores: Stores, tmp_path: Path) -> None:
    """Jobs in every state, drafts, settings and files go, of this user alone; not a byte of the keys stays."""
    mine = [await enqueue(stores, f"u{number}", address=ALICE) for number in range(2)]
    running = await claim(stores)
    await stores.jobs.add_photo(ALICE, 1, await stores.blobs.put(b"draft"))
    await stores.chats.save_recipe(ALICE.user_id, Recipe(size=999))
    theirs = await enqueue(stores, "v", address=BOB)
    assert await stores.chats.forget(ALICE.user_id) == 2
    assert await stores.jobs.get(mine[0].id) is None
    assert await stores.jobs.draft(ALICE) == []
    assert await stores.chats.recipe(ALICE.user_id) is None
    assert not await stores.jobs.record_progress(running, 0.5, None, None)
    assert names(tmp_path / "blobs") == {theirs.content, *theirs.styles}
    for name in names(tmp_path) - {"blobs"}:
        assert mine[0].content.encode() not in (tmp_path / name).read_bytes()
    assert (await claim(stores)).id == theirs.id

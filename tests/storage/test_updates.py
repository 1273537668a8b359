"""Conformance: received updates."""

from __future__ import annotations

import asyncio

from bot.storage.protocols import Stores
from tests.support.databases import Opener


async def test_an_update_is_received_once(stores: Stores) -> None:
    """An update that comes three times at the same moment is new once, and never again after it was handled."""
    for handled in (False, True):
        if handled:
            await stores.updates.finish(7)
        news = await asyncio.gather(*(stores.updates.receive(7, "hello") for _ in range(3)))
        assert sum(news) == (0 if handled else 1)


async def test_unhandled_updates_come_back_in_order(opener: Opener) -> None:
    """After a crash the bot finds the updates that it had received and not handled."""
    async with opener() as stores:
        for update_id in (3, 1, 2):
            await stores.updates.receive(update_id, f"update {update_id}")
        await stores.updates.finish(2)
    async with opener() as stores:
        assert await stores.updates.pending() == ["update 1", "update 3"]

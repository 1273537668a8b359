"""The state behind the sandbox."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Client
from bot.sandbox.state.world import World
from tests.support.sandbox_client import Api


async def test_memory_stays_bounded(api: Api, ann: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest messages of all chats are forgotten beyond the cap."""
    monkeypatch.setattr("bot.sandbox.state.world.MESSAGES_KEPT", 10)
    chat = await ann.open()
    for number in range(25):
        await chat.send(str(number))
    assert [message.text for message in await chat.messages()] == [str(number) for number in range(15, 25)]
    assert len(world.order) == 10

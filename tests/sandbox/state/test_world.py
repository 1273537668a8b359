"""The state behind the sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Client
from bot.sandbox.state.snapshot import load, save
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


async def test_what_groups_and_people_have_set_outlives_a_restart(
    api: Api, ann: Client, world: World, tmp_path: Path
) -> None:
    """Rules, channels, who saw a message and in whose name it was sent are in the file; so are pending updates."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Painters", "members": [123456]})
    path = f"/api/chats/{made['key']}"
    await ann.call("PATCH", f"{path}/rules", {"forbidden": ["can_send_photos"], "reactions": ["👍"], "slow_mode": 10})
    await ann.chat(made["key"], "channel").send("/style")
    await ann.chat(made["key"], "anonymous").send("/style")
    save(world, tmp_path / "state")
    again = World()
    load(again, tmp_path / "state")
    assert again.chats[made["key"]] == world.chats[made["key"]]
    assert (again.channels, again.people) == (world.channels, world.people)
    assert again.queues[123456].pending() == world.queues[123456].pending() != []

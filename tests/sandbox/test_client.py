"""The client of the people's API."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Client
from tests.support.sandbox_client import Api


async def test_waiting_begins_at_ones_own_act(api: Api, ann: Client) -> None:
    """`wait` finds what the bot says after the last send, however quickly it does, and nothing older."""
    chat = await ann.open()
    await chat.send("first")
    await api.call("sendMessage", chat_id=ann.id, text="old news")
    await chat.send("second")
    await api.call("sendMessage", chat_id=ann.id, text="fresh")
    assert (await chat.wait()).text == "fresh"
    with pytest.raises(TimeoutError, match=r"seen last: message \d+: 'fresh'"):
        await chat.wait(lambda message: message.text == "old news", timeout=0.2)


async def test_opening_waits_for_the_bot(sandbox: str, ann: Client) -> None:
    """`open` waits until the bot has called; without the bot, the error says so."""
    with pytest.raises(TimeoutError, match="no bot late_bot has called the sandbox"):
        await ann.open("late_bot", timeout=0.1)

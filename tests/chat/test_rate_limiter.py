"""Telegram's limits are kept in advance, so that no call is refused."""

from __future__ import annotations

import bisect
from itertools import pairwise

import pytest

from bot.chat import rate_limiter
from bot.chat.i18n import texts
from bot.chat.rate_limiter import CHAT, GROUP, OVERALL, Pace, Window
from bot.sandbox.client import Client
from tests.support.chat_harness import RunningChat, from_bot, request

EN = texts("en")


@pytest.mark.parametrize("pace", [OVERALL, CHAT, GROUP])
def test_never_more_than_so_many_within_so_many_seconds(pace: Pace) -> None:
    """The first messages of a burst leave at once, and none waits longer than the pace requires."""
    window = Window(pace)
    moments = [window.take(0.0) for _ in range(3 * pace.count)]
    assert moments[: pace.count] == [0.0] * pace.count
    assert all(before <= after for before, after in pairwise(moments))
    for moment in moments:
        until = bisect.bisect_left(moments, moment + pace.seconds)
        assert until - bisect.bisect_left(moments, moment) <= pace.count
    assert moments[-1] == pytest.approx(2 * pace.seconds)
    assert not window.idle(2 * pace.seconds)
    assert window.idle(4 * pace.seconds)


async def test_a_chatty_user_causes_no_429(running_chat: RunningChat, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the flood limits of the sandbox switched on, ten answers in a row all arrive, and none was refused first."""
    monkeypatch.setattr(rate_limiter, "CHAT", CHAT)
    async with Client(running_chat.url) as ann:
        await ann.call("PATCH", "/api/settings", {"limits": True})
        chat = await ann.open()
        for _ in range(8):
            await chat.send("/queue")
        await request(chat)
        await running_chat.claim()
        await chat.wait(lambda message: bool(message.buttons))
        assert len([message for message in await from_bot(chat) if message.text == EN("queue-empty")]) == 8
        calls = (await ann.call("GET", "/api/wire"))["calls"]
        assert calls
        assert not [call for call in calls if call.get("status") == 429]

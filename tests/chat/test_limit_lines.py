"""A pause that Telegram asks for holds up its own line alone, and progress edits give way to everything else."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable
from typing import Any

import httpx
import pytest
from telegram.error import NetworkError, RetryAfter

from bot.chat import rate_limiter
from bot.chat.rate_limiter import ChatRateLimiter, NoRoomError, Pace, as_progress, once, patience
from bot.chat.refusals import Refusals

LONG = dt.timedelta(seconds=240)
AT_ONCE = 0.2  # seconds


class Telegram:
    """Answers calls, with 429 those that it is told to refuse; remembers which it got."""

    def __init__(self) -> None:
        self.limiter = ChatRateLimiter(Refusals())
        self.refuse: dict[tuple[str, int | None], dt.timedelta] = {}
        self.got: list[tuple[str, int | None]] = []
        self.refused = asyncio.Event()

    async def call(self, method: str, chat_id: int | None = None) -> Any:
        """Make a call through the rate limiter."""

        async def reach() -> bool:
            self.got.append((method, chat_id))
            if wait := self.refuse.get((method, chat_id)):
                self.refused.set()
                raise RetryAfter(wait)
            return True

        data = {} if chat_id is None else {"chat_id": chat_id}
        return await self.limiter.process_request(reach, (), {}, method, data, None)

    async def at_once(self, *calls: Awaitable[object]) -> None:
        """Make the calls; TimeoutError if one of them waits."""
        async with asyncio.timeout(AT_ONCE):
            await asyncio.gather(*calls)


async def test_a_progress_edit_that_is_refused_is_dropped_and_delays_nothing_else() -> None:
    """It is neither repeated nor waited for; the finished picture, answers to presses and other chats go on."""
    telegram = Telegram()
    telegram.refuse["editMessageText", 7] = LONG
    with as_progress(), pytest.raises(RetryAfter):
        await telegram.call("editMessageText", 7)
    with as_progress(), pytest.raises(NoRoomError) as caught:
        await telegram.call("editMessageCaption", 7)
    assert 200 < caught.value.seconds <= 240
    assert telegram.got == [("editMessageText", 7)]
    await telegram.at_once(
        telegram.call("sendPhoto", 7), telegram.call("answerCallbackQuery"), telegram.call("editMessageMedia", 7)
    )
    with as_progress():
        await telegram.at_once(telegram.call("editMessageText", 8))


async def test_a_chat_that_may_get_no_message_for_minutes_delays_nobody_else() -> None:
    """Nor the answers to its own presses, nor questions about its members."""
    telegram = Telegram()
    telegram.refuse["sendMessage", -7] = LONG
    with patience(5.0), pytest.raises(RetryAfter):
        await telegram.call("sendMessage", -7)
    waiting = asyncio.create_task(telegram.call("sendPhoto", -7))
    await telegram.at_once(
        telegram.call("answerCallbackQuery"), telegram.call("getChatMember", -7), telegram.call("sendMessage", 8)
    )
    with patience(5.0), pytest.raises(RetryAfter) as caught:
        await telegram.call("sendPhoto", -7)
    assert 200 < rate_limiter.seconds_of(caught.value) <= 240
    with as_progress(), pytest.raises(NoRoomError):
        await telegram.call("editMessageText", -7)
    assert not waiting.done()
    waiting.cancel()


async def test_calls_without_a_chat_wait_by_method() -> None:
    """A flood of lists of commands at the start keeps nobody from their photo."""
    telegram = Telegram()
    telegram.refuse["setMyCommands", None] = LONG
    with patience(5.0), pytest.raises(RetryAfter):
        await telegram.call("setMyCommands")
    await telegram.at_once(telegram.call("getFile"), telegram.call("answerCallbackQuery"))
    with patience(5.0), pytest.raises(RetryAfter):
        await telegram.call("setMyCommands")
    assert telegram.got.count(("setMyCommands", None)) == 1


async def test_a_message_is_repeated_after_a_short_pause() -> None:
    """429 means that nothing was done."""
    telegram = Telegram()
    telegram.refuse["sendMessage", 7] = dt.timedelta(seconds=1)
    sending = asyncio.create_task(telegram.call("sendMessage", 7))
    await telegram.refused.wait()
    telegram.refuse.clear()
    started = time.monotonic()
    assert await sending is True
    assert time.monotonic() - started > 0.5
    assert len(telegram.got) == 2


async def test_progress_leaves_a_third_of_the_room_to_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to somebody who writes now does not wait behind the bars of others."""
    monkeypatch.setattr(rate_limiter, "GROUP", Pace(9, 60.0))
    telegram = Telegram()
    with as_progress():
        for _ in range(6):
            await telegram.call("editMessageText", -7)
        with pytest.raises(NoRoomError):
            await telegram.call("editMessageText", -7)
    await telegram.at_once(*(telegram.call("sendMessage", -7) for _ in range(3)))


async def test_edits_and_messages_share_a_chats_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in private."""
    monkeypatch.setattr(rate_limiter, "CHAT", Pace(2, 60.0))
    telegram = Telegram()
    await telegram.call("editMessageText", 7)
    await telegram.call("sendMessage", 7)
    with pytest.raises(TimeoutError):
        await telegram.at_once(telegram.call("sendMessage", 7))


class Line(Telegram):
    """A line that breaks so many times."""

    def __init__(self, cause: Exception, times: int) -> None:
        super().__init__()
        self.cause, self.times = cause, times

    async def call(self, method: str, chat_id: int | None = None) -> Any:
        """Make a call over it."""

        async def reach() -> bool:
            self.got.append((method, chat_id))
            if len(self.got) <= self.times:
                raise NetworkError("cut") from self.cause
            return True

        return await self.limiter.process_request(reach, (), {}, method, {"chat_id": chat_id}, None)


CUT, UNSENT = httpx.RemoteProtocolError("Server disconnected"), httpx.ConnectError("refused")


@pytest.mark.parametrize(
    ("method", "cause", "times"),
    [("editMessageText", CUT, 2), ("answerCallbackQuery", CUT, 2), ("sendMessage", CUT, 1), ("sendPhoto", UNSENT, 2)],
)
async def test_a_call_whose_line_is_cut_is_made_again(method: str, cause: Exception, times: int) -> None:
    """Nobody is left without an answer because a connection broke; a message may come twice then, not oftener."""
    line = Line(cause, times)
    assert await line.call(method, 7) is True
    assert len(line.got) == times + 1


async def test_what_may_have_arrived_is_not_sent_a_third_time_and_a_delivery_not_a_second() -> None:
    """A delivery counts its copies itself."""
    with pytest.raises(NetworkError):
        await (line := Line(CUT, 9)).call("sendMessage", 7)
    assert len(line.got) == 2
    with once(), pytest.raises(NetworkError):
        await (line := Line(CUT, 9)).call("sendPhoto", 7)
    assert len(line.got) == 1
    with as_progress(), pytest.raises(NetworkError):
        await (line := Line(CUT, 9)).call("editMessageText", 7)
    assert len(line.got) == 1


async def test_each_picture_of_an_album_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram counts the messages that an album becomes, not the call."""
    monkeypatch.setattr(rate_limiter, "CHAT", Pace(3, 240.0))
    limiter = ChatRateLimiter(Refusals())

    async def reach() -> bool:
        return True

    async with asyncio.timeout(AT_ONCE):
        data = {"chat_id": 7, "media": ["one", "two", "three"]}
        await limiter.process_request(reach, (), {}, "sendMediaGroup", data, None)
    with as_progress(), pytest.raises(NoRoomError):
        await limiter.process_request(reach, (), {}, "editMessageText", {"chat_id": 7}, None)

"""A call that Telegram refuses is a fault unless the caller named it."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock, patch

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.chat.commands import admin
from bot.chat.i18n import texts
from bot.chat.rate_limiter import ChatRateLimiter
from bot.chat.refusals import ANY, MAX_KINDS, UNWRITABLE, Refusals, foreseen
from tests.support.fakes import FakeJobStore, fake_stores
from tests.support.jobs import eventually
from tests.support.requests import fake_bot, message, message_request, services

EN = texts("en")
REFUSED = BadRequest("Can't parse inputmedia: media not found")
TALLY = dict.fromkeys(("queued", "running", "delivered", "failed", "users", "seconds"), 0)
KIND = "editMessageMedia", "Can't parse inputmedia: media not found"


async def call(refusals: Refusals, error: TelegramError, method: str = "editMessageMedia") -> None:
    """Make a call that ends in an error, which reaches the caller."""
    reach = AsyncMock(side_effect=error)
    with pytest.raises(type(error)):
        await ChatRateLimiter(refusals).process_request(reach, (), {}, method, {"chat_id": 7}, None)


async def test_an_unforeseen_refusal_is_counted_by_method_and_reason() -> None:
    """Numbers in it do not make it another kind."""
    refusals = Refusals()
    await call(refusals, REFUSED)
    await call(refusals, REFUSED)
    await call(refusals, Forbidden("Forbidden: user 12 is no member"), "sendMessage")
    await call(refusals, Forbidden("Forbidden: user 345 is no member"), "sendMessage")
    await call(refusals, NetworkError("Request Entity Too Large (413)"), "sendDocument")
    assert refusals.counts == {
        KIND: 2,
        ("sendMessage", "Forbidden: user N is no member"): 2,
        ("sendDocument", "Request Entity Too Large (N)"): 1,
    }


async def test_what_the_call_names_is_no_fault_and_nor_is_a_broken_line() -> None:
    """Whoever names a refusal answers for it; a server in trouble refuses nothing."""
    refusals = Refusals()
    with foreseen(*UNWRITABLE):
        await call(refusals, Forbidden("Forbidden: bot was blocked by the user"))
        with foreseen("media not found"):
            await call(refusals, REFUSED)
        await call(refusals, BadRequest("Something else"))
    for error in (TimedOut(), NetworkError("Bad Gateway"), ChatMigrated(-100)):
        await call(refusals, error)
    with foreseen(ANY):
        await call(refusals, REFUSED)
    assert refusals.counts == {("editMessageMedia", "Something else"): 1}


async def test_kinds_are_bounded() -> None:
    """Whatever is in the reasons, memory is not filled."""
    refusals = Refusals()
    for number in range(2 * MAX_KINDS):
        refusals.note("sendMessage", BadRequest("x" * number))
    assert len(refusals.counts) == MAX_KINDS + 1
    assert refusals.counts["sendMessage", "others"] == MAX_KINDS


async def test_the_operators_read_of_the_first_of_a_kind_once() -> None:
    """Also where one of them has blocked the bot."""
    refusals, bot, stop = Refusals(), fake_bot(), asyncio.Event()
    bot.send_message.side_effect = lambda chat_id, _: _refuse() if chat_id == 1 else None
    for _ in range(3):
        await call(refusals, REFUSED)
    telling = asyncio.create_task(refusals.tell(bot, frozenset({1, 2}), stop))

    async def told() -> bool:
        return bool(bot.send_message.await_count == 2)

    await eventually(told)
    await call(refusals, REFUSED)
    stop.set()
    await telling
    method, reason = KIND
    assert {given.args for given in bot.send_message.await_args_list} == {
        (operator, EN("operator-refusal", method=method, reason=reason)) for operator in (1, 2)
    }
    assert bot.send_message.await_count == 2


def _refuse() -> None:
    raise Forbidden("Forbidden: bot was blocked by the user")


async def test_a_flood_is_a_refusal_too() -> None:
    """The pace should have prevented it."""
    refusals = Refusals()
    limiter = ChatRateLimiter(refusals)
    reach = AsyncMock(side_effect=[RetryAfter(1), True])
    assert await limiter.process_request(reach, (), {}, "sendMessage", {"chat_id": 7}, None) is True
    [(method, reason)] = refusals.counts
    assert method == "sendMessage"
    assert reason.startswith("Flood control exceeded")


async def test_stats_show_what_is_refused_most() -> None:
    """The operator need not read the log to see that something is wrong."""
    bot, parts = fake_bot(), services(fake_stores())
    parts.refusals.note("editMessageMedia", REFUSED)
    parts.refusals.note("editMessageMedia", REFUSED)
    with patch.object(FakeJobStore, "tally", AsyncMock(return_value=TALLY)):
        await admin.stats(message_request(bot, parts, message(bot)))
    method, reason = KIND
    text = bot.send_message.call_args.args[1]
    assert text.splitlines()[-1] == EN("stats-refused", count=2, method=method, reason=reason)

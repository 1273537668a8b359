"""Telegram may ask for minutes of patience, and calls fail: what people wait for comes all the same."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from unittest.mock import patch

import pytest
from telegram.error import RetryAfter

from bot.chat.i18n import texts
from bot.chat.status import reporter
from bot.chat.status.messages import JobMessages
from bot.chat.status.reporter import Reporter
from bot.sandbox.client import Client
from bot.storage.models import BlobKey, State
from tests.support.chat_harness import RunningChat, from_bot, group, painted, picture, request
from tests.support.fakes import a_job
from tests.support.jobs import eventually
from tests.support.requests import fake_bot, services

EN = texts("en")
EDITS = ("editMessageText", "editMessageCaption", "editMessageMedia")


async def calls_of(ann: Client, *methods: str, status: int) -> list[dict[str, Any]]:
    """Return the calls of some methods that were answered with a status."""
    calls = (await ann.call("GET", "/api/wire"))["calls"]
    return [call for call in calls if call["method"] in methods and call.get("status") == status]


async def test_a_flood_of_edits_delays_neither_presses_nor_the_picture_nor_others(running_chat: RunningChat) -> None:
    """Progress is left out, and not tried again; the finished picture comes as a new message."""
    async with Client(running_chat.url) as ann, Client(running_chat.url, "Bob") as bob:
        chat, others = await ann.open(), await bob.open()
        await painted(running_chat, chat)  # the first picture would come as a new message anyway
        await request(chat)
        status = await chat.wait(lambda message: EN("button-cancel") in str(message.buttons))
        for method in EDITS:
            await running_chat.fault(ann, "flood", method, times=0, seconds=240, chat_id=ann.id)
        job = await running_chat.claim()
        assert await running_chat.stores.work.record_progress(job, 0.5, 20.0, None)

        async def refused() -> bool:
            return bool(await calls_of(ann, *EDITS, status=429))

        await eventually(refused)
        started = time.monotonic()
        assert (await chat.press(status, EN("button-swap"))).text == EN("swap-too-late")
        await request(others)
        await others.wait(lambda message: bool(message.buttons))
        await running_chat.finish(job)
        await chat.wait(lambda message: message.photo is not None and EN("button-stronger") in str(message.buttons))
        assert time.monotonic() - started < 5
        await asyncio.wait_for(running_chat.finish(await running_chat.claim()), 5)
        await others.wait(lambda message: message.photo is not None)
        assert len(await calls_of(ann, *EDITS, status=429)) <= 2  # an edit of progress, and that of the delivery


async def test_pauses_double_where_edits_are_refused_and_recover() -> None:
    """Whoever is told to wait asks less often from then on, but not for ever."""
    bot = fake_bot()
    bot.edit_message_text.side_effect = [*[RetryAfter(1)] * 6, *[True] * 12]
    told = Reporter(bot, services())
    job, pauses = a_job(state=State.RUNNING, status_message_id=11), []
    with patch.object(reporter, "EDIT_SECONDS", 2.0):
        for number in range(18):
            await told._edit(job, f"{number}", None, None)
            pauses.append(told._pause(job))
    assert pauses[:6] == [4.0, 8.0, 16.0, 32.0, 32.0, 32.0]
    assert pauses[6] == 24.0
    assert pauses[-1] == 2.0
    assert bot.edit_message_text.await_count == 18


@pytest.mark.parametrize("kind", ["drop", "error", "flood"])
async def test_a_decoration_that_fails_is_a_line_in_the_log(running_chat: RunningChat, kind: str) -> None:
    """The picture comes, and its status message goes."""
    async with Client(running_chat.url) as ann:
        chat = await group(ann)
        await running_chat.fault(ann, kind, "setMessageReaction", times=0, seconds=240)
        await chat.send_photos([picture()], "/style mosaic")
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        assert [message.photo is not None for message in await from_bot(chat)] == [False, True]  # after the welcome


async def test_a_status_message_that_could_not_be_deleted_goes_later(running_chat: RunningChat) -> None:
    """A bar and Stop here under nothing do not stay for ever because one call failed."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await chat.wait(lambda message: bool(message.buttons))
        await running_chat.fault(ann, "error", "deleteMessage", status=502)
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        assert [message.photo is not None for message in await from_bot(chat)] == [True]
        assert len(await calls_of(ann, "deleteMessage", status=502)) == 1


@pytest.mark.parametrize("kind", ["picture", "sheet"])
async def test_a_caption_stays_where_it_is(kind: str) -> None:
    """Each edit has to say that it stands above."""
    bot = fake_bot()
    job = a_job(kind=kind, state=State.RUNNING, status_message_id=11, preview=BlobKey("preview"))
    await JobMessages(bot, job, is_picture=True).edit("words")
    assert bot.edit_message_caption.call_args.kwargs["show_caption_above_media"] is (kind == "sheet")

"""A picture in an edit is found by Telegram, and where it is refused, the words at least are brought up to date."""

from __future__ import annotations

import json

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.chat.i18n import texts
from bot.chat.status.messages import JobMessages
from bot.sandbox.client import Client
from bot.storage.models import BlobKey, State
from tests.support.chat_harness import RunningChat, picture, request
from tests.support.fakes import a_job

EN = texts("en")
TOKEN = "123456:" + "A" * 35
MESSAGE = {"message_id": 11, "date": 1, "chat": {"id": 7, "type": "private"}}


@pytest.mark.parametrize("output", ["photo", "file"])
async def test_the_file_of_an_edit_is_named_where_telegram_looks_for_it(output: str) -> None:
    """An InputMedia says in `media` which part of the request its file is; a part named `media` is not looked at."""
    bodies: list[bytes] = []

    async def answer(call: httpx.Request) -> httpx.Response:
        bodies.append(await call.aread())
        return httpx.Response(200, json={"ok": True, "result": MESSAGE})

    line = HTTPXRequest(httpx_kwargs={"transport": httpx.MockTransport(answer)})
    bot = Bot(TOKEN, request=line)
    job = a_job(state=State.RENDERED, status_message_id=11, preview=BlobKey("preview"), output=output)
    await JobMessages(bot, job).show(picture(), "words")
    boundary = bodies[0].split(b"\r\n", 1)[0]
    parts = dict(part.split(b"\r\n\r\n", 1) for part in bodies[0].split(boundary)[1:-1])
    named = {head.split(b'name="')[1].split(b'"')[0].decode(): body for head, body in parts.items()}
    media = json.loads(named["media"])
    assert media["type"] == ("photo" if output == "photo" else "document")
    scheme, _, part = media["media"].partition("://")
    assert scheme == "attach"
    assert named[part].removesuffix(b"\r\n") == picture()


async def test_where_a_preview_is_refused_the_bar_still_moves(running_chat: RunningChat) -> None:
    """The text is edited in the same round, with its buttons."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        await running_chat.fault(
            ann, "error", "editMessageMedia", times=0, status=400, description="Bad Request: IMAGE_PROCESS_FAILED"
        )
        preview = await running_chat.stores.blobs.put(picture())
        assert await running_chat.stores.work.record_progress(job, 0.5, 20.0, preview)
        shown = await chat.wait(lambda message: message.id == status.id and "50%" in message.text)
        assert shown.photo is None
        assert EN("button-stop") in str(shown.buttons)

"""Whether a status message is a picture is known from what was sent, never from what Telegram refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.chat.i18n import texts
from bot.chat.status import reporter
from bot.sandbox.client import Chat, Client, Message
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from bot.storage.models import Job, JobError
from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite
from tests.support.chat_harness import RunningChat, from_bot, picture, request, run_chat_on

EN = texts("en")


async def running_job(running_chat: RunningChat, chat: Chat) -> tuple[Job, Message]:
    """Return a job in work, and its status message."""
    await request(chat)
    job = await running_chat.claim()
    status = await chat.wait(lambda message: EN("button-cancel") in str(message.buttons))
    return job, status


async def add_preview(stores: Stores, job: Job) -> None:
    """Record a preview, as a worker does."""
    assert await stores.work.record_progress(job, 0.5, 20.0, await stores.blobs.put(picture()))


async def test_a_job_ends_before_its_preview_is_shown(
    running_chat: RunningChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is edited, not a caption that is not there: that would be refused."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        job, status = await running_job(running_chat, chat)
        monkeypatch.setattr(reporter, "EDIT_SECONDS", 60.0)  # until the preview would be shown
        await running_chat.stores.work.record_progress(job, 0.1, 30.0, None)
        await chat.wait(lambda message: message.id == status.id and "10%" in message.text)
        await add_preview(running_chat.stores, job)
        await chat.press(status, EN("button-cancel"))
        said = await chat.wait(lambda message: message.id == status.id and not message.buttons)
        assert said.photo is None


async def test_a_status_message_of_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    """Nobody knows whether the earlier run has shown the preview: a new message says the reason, the old one goes."""
    async with (
        running(World(limits=False)) as url,
        open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores,
        Client(url) as ann,
    ):
        first = RunningChat(url, stores)
        async with run_chat_on(url, stores):
            chat = await ann.open()
            job, status = await running_job(first, chat)
        await add_preview(stores, job)
        assert await stores.work.fail(job, JobError.ENGINE, "broken")
        async with run_chat_on(url, stores):
            await first.settled()
        [said] = await from_bot(chat)
        assert said.id != status.id
        assert not said.buttons


@pytest.mark.parametrize("stored", [False, True])
async def test_after_a_line_broke_the_preview_is_shown_again(running_chat: RunningChat, stored: bool) -> None:
    """An edit that may have made it a picture is repeated: that works in both cases."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        job, status = await running_job(running_chat, chat)
        await running_chat.fault(ann, "drop", "editMessageMedia", stored=stored)
        await add_preview(running_chat.stores, job)
        await chat.wait(lambda message: message.id == status.id and message.photo is not None)
        await running_chat.stores.work.record_progress(job, 0.6, 10.0, None)
        await chat.wait(lambda message: message.id == status.id and "60%" in message.text)


async def test_a_second_status_message_loses_its_buttons_when_they_are_pressed_too_late(
    running_chat: RunningChat,
) -> None:
    """One that was sent although its line broke is sent again; the bot never learns the id of the first."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await running_chat.fault(ann, "drop", "sendMessage", stored=True)
        await request(chat)
        first = await chat.wait(lambda message: bool(message.buttons))
        await chat.wait(lambda message: bool(message.buttons) and message.id != first.id)
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        pressed = await chat.press(first, EN("button-cancel"))
        assert (pressed.text, pressed.alert) == (EN("cancel-too-late"), True)
        await chat.wait(lambda message: message.id == first.id and not message.buttons)

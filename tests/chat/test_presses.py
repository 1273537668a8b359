"""A press is answered at once, whatever else its chat is busy with, and what follows its answer happens in order."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from telegram import CallbackQuery, Chat, Message, Update, User

from bot.chat.access import request_of
from bot.chat.albums import Albums
from bot.chat.buttons import repaint
from bot.chat.callbacks import DoWithResult
from bot.chat.context import Press, Services
from bot.chat.i18n import texts
from bot.chat.update_queue import ChatOrder, take_turn
from bot.sandbox.client import Client
from bot.storage.models import Preference, SentPicture, Standing, State
from bot.storage.sqlite import open_sqlite
from tests.support.chat_harness import RunningChat, painted, picture, request
from tests.support.fakes import FakeJobStore, a_job, fake_stores
from tests.support.requests import NOW, USER, fake_bot, press_query, services

EN = texts("en")


def message_update(number: int) -> Update:
    """Return an update with a message in chat 1."""
    chat, sender = Chat(1, "private"), User(7, "Ann", is_bot=False)
    return Update(number, message=Message(number, NOW, chat, from_user=sender, text="hi"))


async def test_a_press_is_answered_while_a_photo_of_its_chat_is_downloaded(running_chat: RunningChat) -> None:
    """Also while what another press asked for is still being made."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat)
        await chat.press(answer, EN("button-more"))
        await chat.wait(lambda message: message.id == answer.id and EN("button-compare") in str(message.buttons))
        await request(chat)
        status = await chat.wait(lambda message: EN("button-cancel") in str(message.buttons))
        await running_chat.fault(ann, "delay", "getFile", times=0, seconds=5)
        await chat.send_photos([picture()])
        await asyncio.gather(*[chat.press(answer, EN(f"button-{name}")) for name in ("compare", "strip")])
        assert (await chat.press(status, EN("button-cancel"))).text == EN("cancel-done", count=1)
        assert not [message for message in await chat.messages() if message.text == EN("draft-content")]
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await ann.call("DELETE", "/api/faults")  # else the bot would end only after all downloads


async def test_what_follows_an_answer_waits_for_the_chats_turn(tmp_path: Path) -> None:
    """A press begins at once, but what it does after its answer comes after what its chat was busy with."""
    done: list[str] = []
    release, answered = asyncio.Event(), asyncio.Event()

    async def photo() -> None:
        await release.wait()
        done.append("photo")

    async def press() -> None:
        done.append("answer")
        answered.set()
        await take_turn()
        await take_turn()  # of one that has it
        done.append("work")

    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        order = ChatOrder(stores.updates, Albums(), lambda _: asyncio.sleep(0))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(order.process_update(message_update(1), photo()))
            pressed = message_update(2).message
            query = CallbackQuery("2", USER, "i", data="x", message=pressed)
            tasks.create_task(order.process_update(Update(2, callback_query=query), press()))
            await answered.wait()
            release.set()
    assert done == ["answer", "photo", "work"]


async def test_a_chat_with_many_waiting_updates_delays_no_other_chat(tmp_path: Path) -> None:
    """Only updates that are handled count as concurrent, not those that wait for their chat."""
    release = asyncio.Event()
    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        order = ChatOrder(stores.updates, Albums(), lambda _: asyncio.sleep(0))
        async with asyncio.TaskGroup() as tasks:
            for number in range(1000):
                tasks.create_task(order.process_update(message_update(number), release.wait()))
            other = Update(1001, message=Message(1, NOW, Chat(2, "private"), from_user=USER, text="hi"))
            async with asyncio.timeout(5):
                await order.process_update(other, asyncio.sleep(0))
            release.set()


@pytest.mark.parametrize("known", [True, False])
async def test_a_press_on_an_old_message_finds_its_picture(known: bool) -> None:
    """Of an old message Telegram tells the id alone; the job knows the file. Nothing is asked for without a name."""
    files = {"content": picture(), "style": picture(), "painted": picture(90, 60)}
    bot, jobs = fake_bot(files), FakeJobStore()
    sent = SentPicture(11, "painted") if known else None
    jobs.jobs[1] = a_job(state=State.DELIVERED, picture=sent)
    parts = services(fake_stores(jobs=jobs))
    data = DoWithResult(1, "stronger")
    await repaint.press(await old_press(bot, parts, data.pack()), data)
    asked = [call.args[0] for call in bot.get_file.await_args_list]
    assert sorted(asked) == sorted(["content", "style", *(["painted"] if known else [])])
    [new] = [job for job in jobs.jobs.values() if job.id != 1]
    assert (new.start is not None) is known


async def old_press(bot: Any, parts: Services, data: str) -> Press:
    """Return the request of a press as the library reads it where Telegram shows the message no more."""
    old = Message.de_json({"message_id": 11, "date": 0, "chat": {"id": 7, "type": "private", "first_name": "Ann"}}, bot)
    standing = Standing(Preference(), banned=False, maintenance=False, recipe=None)
    found = await request_of(Update(1, callback_query=press_query(bot, old, data)), bot, parts, standing)
    assert isinstance(found, Press)
    return found


async def test_a_poll_whose_line_breaks_is_repeated_at_once(running_chat: RunningChat) -> None:
    """The updater alone would wait for a second, and everybody's presses with it."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await running_chat.fault(ann, "drop", "getUpdates")
        for _ in range(2):  # the first comes by the poll that is open, the second by one after the cut
            await chat.send("/queue")
            await chat.wait()
        polls = [call for call in (await ann.call("GET", "/api/wire"))["calls"] if call["method"] == "getUpdates"]
        [cut] = [number for number, poll in enumerate(polls) if poll["fault"] == "drop"]
        assert polls[cut + 1]["at"] - polls[cut]["at"] < 1.0

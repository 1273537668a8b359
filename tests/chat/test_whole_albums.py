"""What only the whole album can decide is decided when it is whole, and nothing of it is dropped in silence."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot, Update

from bot.chat import albums
from bot.chat.albums import Albums
from bot.chat.i18n import texts
from bot.chat.update_queue import ChatOrder, UpdateQueue
from bot.sandbox.client import Client
from bot.storage.sqlite import open_sqlite
from tests.support.chat_harness import RunningChat, from_bot, group, picture
from tests.support.jobs import eventually, names
from tests.support.rewritten_updates import Change, rewritten

EN = texts("en")
COLOURS = ("red", "blue", "green")


def with_caption_under(number: int) -> Change:
    """Move the caption of an album to its item of this number, counted from 0."""
    seen: list[str] = []
    caption: dict[str, Any] = {}

    def change(message: dict[str, Any]) -> None:
        if "media_group_id" not in message:
            return
        for field in ("caption", "caption_entities"):
            if field in message:
                caption[field] = message.pop(field)
        if seen.count(message["media_group_id"]) == number:
            message.update(caption)
        seen.append(message["media_group_id"])

    return change


@pytest.mark.parametrize("as_file", [False, True])
@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_command_under_any_item_speaks_for_the_album(
    running_chat: RunningChat, number: int, as_file: bool
) -> None:
    """In a group: apps put the caption of a file album under its last file."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        with rewritten(with_caption_under(number)):
            sent = await chat.send_photos([picture(color=color) for color in COLOURS], "/style", as_file=as_file)
            job = await running_chat.claim()
        assert (len(job.sources), job.message_id) == (3, sent[0].id)


@pytest.mark.parametrize("in_group", [False, True])
async def test_an_album_in_reply_to_a_picture_is_its_styles(running_chat: RunningChat, in_group: bool) -> None:
    """The picture is painted in all of them, whatever waited before."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        if in_group:
            chat = await group(ann)
        [photo] = await chat.send_photos([picture(color="white")])
        await chat.send_photos([picture(color=color) for color in COLOURS], "/style" * in_group, reply_to=photo)
        job = await running_chat.claim()
        assert len(job.sources) == 4
        assert await running_chat.stores.drafts.photos(job.address) == []


async def test_an_album_that_is_not_for_the_bot_is_not_even_fetched(running_chat: RunningChat, tmp_path: Path) -> None:
    """Friends show each other photos: the bot stays silent and keeps nothing."""

    async def all_handled() -> bool:
        return await running_chat.stores.updates.pending() == []

    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        await chat.send_photos([picture(), picture()], "look")
        await chat.send("/queue")
        await chat.wait(lambda message: message.text == EN("queue-empty"))
        await eventually(all_handled)
        assert len(await from_bot(chat)) == 2
        assert names(tmp_path / "blobs") == set()


async def test_a_file_that_is_no_picture_is_told_and_the_others_are_painted(running_chat: RunningChat) -> None:
    """The reason stands in reply to that file."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        sent = await chat.send_photos([picture(), b"no picture", picture(color="blue")], as_file=True)
        told = await chat.wait(lambda message: message.text == EN("bad-not-image"))
        assert told.reply_to == sent[1].id
        assert len((await running_chat.claim()).sources) == 2


async def test_without_its_first_picture_an_album_is_not_painted(running_chat: RunningChat) -> None:
    """Otherwise the first style would be painted in the others."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([b"no picture", picture(), picture(color="blue")], as_file=True)
        await chat.wait(lambda message: message.text == EN("bad-not-image"))
        await chat.send("/queue")
        await chat.wait(lambda message: message.text == EN("queue-empty"))


async def test_a_photo_that_comes_late_is_not_dropped(running_chat: RunningChat) -> None:
    """The album was painted without it: the bot asks what to do with it."""
    known: list[str] = []

    def one_album(message: dict[str, Any]) -> None:
        if "photo" in message:
            known.append(message.get("media_group_id", ""))
            message["media_group_id"] = known[0]

    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        with rewritten(one_album):
            await chat.send_photos([picture(), picture(color="blue")], "/style")
            await running_chat.claim()
            [late] = await chat.send_photos([picture(color="green")])
            question = await chat.wait(lambda message: EN("draft-content") in message.text)
        assert question.reply_to == late.id


def item(number: int) -> Update:
    """Return the update of an album's item."""
    message = {
        "message_id": number,
        "date": 1,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "Ann"},
        "media_group_id": "a",
    }
    return Update.de_json({"update_id": number, "message": message}, None)


async def handle(book: Albums, update: object) -> None:
    """Handle an item as the bot's own."""
    assert isinstance(update, Update)
    assert update.message is not None
    book.admit(update.message)


async def test_an_album_is_whole_across_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until it was decided, none of its updates is done with: the next start has all of them."""
    settled: list[list[int]] = []

    async def settle(album: list[Update]) -> None:
        settled.append([update.update_id for update in album])

    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        book, first = Albums(), item(1)
        await UpdateQueue(stores.updates).put(first)
        monkeypatch.setattr(albums, "QUIET_SECONDS", 600.0)
        order = ChatOrder(stores.updates, book, settle)
        waiting = asyncio.create_task(order.process_update(first, handle(book, first)))
        while not book._albums or not next(iter(book._albums.values())).handled:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0)
        waiting.cancel()  # the program ends
        await asyncio.gather(waiting, return_exceptions=True)

        monkeypatch.setattr(albums, "QUIET_SECONDS", 0.05)
        inbox, book = UpdateQueue(stores.updates), Albums()
        assert await inbox.replay(Bot("1:a")) == 1
        await inbox.put(item(2))
        order = ChatOrder(stores.updates, book, settle)
        async with asyncio.TaskGroup() as tasks:
            for update in [await inbox.get() for _ in range(2)]:
                tasks.create_task(order.process_update(update, handle(book, update)))
        assert settled == [[1, 2]]
        assert await stores.updates.pending() == []

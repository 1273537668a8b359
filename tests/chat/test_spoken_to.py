"""How the bot is spoken to: commands as people type them, and replies that Telegram does not show."""

from __future__ import annotations

import io
from unittest.mock import create_autospec

import pytest
from PIL import Image
from telegram import MessageEntity

from bot.chat.command_text import after_command, has_command
from bot.chat.commands import admin, basic
from bot.chat.i18n import texts
from bot.sandbox.client import Client
from bot.storage.chat_protocols import PeopleStore
from tests.support.chat_harness import RunningChat, from_bot, painted, picture, press_result_button
from tests.support.fakes import fake_stores
from tests.support.pencil import Pencil, jpeg, photographs
from tests.support.requests import GROUP, fake_bot, message, message_request, services
from tests.support.rewritten_updates import rewritten, without_replies

EN = texts("en")
PHOTO = jpeg(photographs()["coffee"].resize((300, 200)))


def _entity(text: str) -> list[MessageEntity]:
    """Return the mark that Telegram gives to the command at the beginning."""
    return [MessageEntity(MessageEntity.BOT_COMMAND, 0, len(text.split(maxsplit=1)[0]))]


@pytest.mark.parametrize("in_caption", [False, True])
@pytest.mark.parametrize(
    ("text", "found", "rest"),
    [
        ("/style mosaic", True, "mosaic"),
        ("/style\nmosaic", True, "mosaic"),
        ("/Style\tmosaic + night", True, "mosaic + night"),
        ("/STYLE@Vitrage_Bot  mosaic\n", True, "mosaic"),
        ("/style", True, ""),
        ("/style@another_bot mosaic", False, "mosaic"),
        ("/styles mosaic", False, "mosaic"),
    ],
)
def test_a_command_ends_at_any_white_space_and_has_any_case(
    text: str, found: bool, rest: str, in_caption: bool
) -> None:
    """In a text and under a photo alike."""
    said = {"caption": text, "caption_entities": _entity(text)} if in_caption else {"text": text}
    sent = message(fake_bot(), **said if in_caption else said | {"entities": _entity(text)})
    assert has_command(sent, "style", "vitrage_bot") is found
    assert after_command(sent) == rest


def test_words_without_a_command_are_none() -> None:
    """A caption that only looks like one has no mark of Telegram's."""
    sent = message(fake_bot(), caption="our /style")
    assert not has_command(sent, "style", "vitrage_bot")
    assert after_command(sent) == ""


async def test_a_broadcast_keeps_its_first_word_and_its_lines() -> None:
    """A line break ends the command as well as a space."""
    bot, people = fake_bot(), create_autospec(PeopleStore, instance=True)
    people.write_broadcast.return_value = 2
    text = "/broadcast\nHello all,\ngood news"
    sent = message(bot, text=text, entities=_entity(text))
    await admin.broadcast(message_request(bot, services(fake_stores(people=people)), sent))
    people.write_broadcast.assert_awaited_once_with("Hello all,\ngood news")


@pytest.mark.parametrize("caption", ["/Style\nMosaic", "/style MOSAIC", "/STYLE@vitrage_BOT mosaic"])
async def test_a_preset_under_a_photo_is_known_in_any_case(running_chat: RunningChat, caption: str) -> None:
    """The job has the preset."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([picture()], caption)
        await chat.wait(lambda message: bool(message.buttons))
        [job] = await running_chat.stores.deliveries.unsettled()
        assert job.style == "mosaic"


@pytest.mark.parametrize("known", [False, True])
async def test_start_greets_a_group_once(known: bool) -> None:
    """`?startgroup` sends it beside the news that the bot was added."""
    bot, people = fake_bot(), create_autospec(PeopleStore, instance=True)
    people.meet.return_value = not known
    await basic.start(message_request(bot, services(fake_stores(people=people)), message(bot, GROUP, text="/start")))
    people.meet.assert_awaited_once_with(GROUP.id)
    said = [call.args[1] for call in bot.send_message.await_args_list]
    assert said == ([] if known else [EN("welcome")])


async def test_where_replies_are_hidden_the_group_is_told_and_asked(running_chat: RunningChat) -> None:
    """In a basic group, with privacy mode on: the welcome says why and what helps, the command asks for the photo."""
    with rewritten(without_replies):
        async with Client(running_chat.url) as ann:
            await ann.open()
            bot = (await ann.call("GET", "/api/bots"))["bots"][0]
            made = {"user": ann.id, "title": "Friends", "type": "group", "members": [bot["id"]]}
            chat = ann.chat((await ann.call("POST", "/api/groups", made))["key"])
            welcome = await chat.wait(after=0)
            assert welcome.text.endswith(EN("replies-hidden"))
            [photo] = await chat.send_photos([picture()])
            asking = f"{EN('draft-empty')} {EN('draft-in-group')}"
            await chat.send(f"/style@{bot['username']}", reply_to=photo)
            question = await chat.wait(lambda message: message.text == asking)
            await chat.send_photos([picture()], reply_to=question)
            question = await chat.wait(lambda message: EN("draft-content") in message.text)
            await chat.send_photos([picture(color="blue")], reply_to=question)
            job = await running_chat.claim()
            assert len(job.sources) == 2


async def test_a_marked_copy_without_its_reply_is_the_answer(running_chat: RunningChat) -> None:
    """Once, while the question is open; another photo is none."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([PHOTO, picture(color="blue")])
        await running_chat.finish(await running_chat.claim())
        answer = await chat.wait(lambda message: message.photo is not None and bool(message.buttons))
        await press_result_button(chat, answer, EN("button-part"))
        asked = await chat.wait(lambda message: message.text == EN("part-how"))
        await chat.send_photos([picture(300, 200, "green")])
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send("/cancel")
        await chat.wait(lambda message: message.text == EN("cancel-draft"))
        with Image.open(io.BytesIO(await chat.download(asked))) as photo:
            marked = jpeg(Pencil(photo).encircle().photo)
        await chat.send_photos([marked])
        job = await running_chat.claim()
        assert job.mask is not None
        await running_chat.finish(job)
        await running_chat.settled()
        await chat.send_photos([marked])
        await chat.wait(lambda message: message.text == EN("draft-content"))
        assert (await from_bot(chat))[-1].text == EN("draft-content")


async def test_a_saved_style_is_known_in_any_case(running_chat: RunningChat) -> None:
    """A name is kept in small letters."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        done, _ = await painted(running_chat, chat)
        await chat.send("/save Night", reply_to=done)
        await chat.wait(lambda message: "/style night" in message.text)
        await chat.send_photos([picture()], "/style NIGHT")
        await chat.wait(lambda message: bool(message.buttons))
        assert len(await running_chat.stores.deliveries.unsettled()) == 1

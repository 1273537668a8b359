"""A request answers in the chat and the topic from which it came."""

from __future__ import annotations

import pytest
from telegram import Chat, ForceReply
from telegram.constants import ParseMode

from bot.chat.app import build
from bot.storage.models import Address
from tests.support.requests import GROUP, PRIVATE, fake_bot, message, message_request, services


@pytest.mark.parametrize(
    ("chat", "quote", "quoted"),
    [
        (PRIVATE, None, False),
        (PRIVATE, True, True),
        (GROUP, None, True),
        (GROUP, False, False),
    ],
)
async def test_an_answer_quotes_in_groups_and_where_that_is_asked_for(
    chat: Chat, quote: bool | None, quoted: bool
) -> None:
    """In a private chat it is plain what an answer is for; in a group it is not."""
    bot = fake_bot()
    await message_request(bot, services(), message(bot, chat)).reply("Hello", quote=quote)
    assert bot.send_message.call_args.args == (chat.id, "Hello")
    reply = bot.send_message.call_args.kwargs["reply_parameters"]
    assert (reply.message_id if reply else None) == (10 if quoted else None)
    application = build("123456:" + "A" * 35, "http://localhost", services())
    assert application.bot.defaults is not None
    assert application.bot.defaults.allow_sending_without_reply  # the message may be deleted by then


@pytest.mark.parametrize(("in_topic", "thread"), [(True, 3), (False, None)])
async def test_an_answer_stays_in_the_topic(in_topic: bool, thread: int | None) -> None:
    """Replies in a group without topics have a thread too, which is no topic."""
    bot = fake_bot()
    request = message_request(bot, services(), message(bot, GROUP, message_thread_id=3, is_topic_message=in_topic))
    await request.reply("Hello")
    assert bot.send_message.call_args.kwargs["message_thread_id"] == thread
    assert request.address == Address(-5, thread, 7)


async def test_keyboard_and_markup_are_handed_on() -> None:
    """An answer can have buttons and be formatted."""
    bot, keyboard = fake_bot(), ForceReply(selective=True)
    await message_request(bot, services(), message(bot)).reply("<b>Hi</b>", keyboard, parse_mode=ParseMode.HTML)
    assert bot.send_message.call_args.kwargs["reply_markup"] is keyboard
    assert bot.send_message.call_args.kwargs["parse_mode"] == "HTML"


def test_only_a_private_chat_is_private() -> None:
    """A group and a channel are not."""
    bot = fake_bot()
    assert message_request(bot, services(), message(bot, PRIVATE)).in_private
    assert not message_request(bot, services(), message(bot, GROUP)).in_private

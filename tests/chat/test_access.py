"""The request of each kind of update, and who may act for whom."""

from __future__ import annotations

from unittest.mock import create_autospec

import pytest
from telegram import Chat, InaccessibleMessage, Update, User
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, TelegramError

from bot.chat import access
from bot.chat.access import request_of, why_not
from bot.chat.context import MessageRequest, Press
from bot.storage.chat_protocols import PeopleStore
from bot.storage.models import Preference, Recipe, Standing
from tests.support.fakes import fake_stores
from tests.support.requests import (
    GROUP,
    PRIVATE,
    USER,
    fake_bot,
    message,
    message_request,
    press_query,
    services,
)

STANDING = Standing(Preference("ru", "file"), banned=False, maintenance=False, recipe=Recipe("fine"))
NEWCOMER = Standing(Preference(), banned=False, maintenance=False, recipe=None)


async def test_a_message_is_a_request_in_its_topic() -> None:
    """The user's settings decide the language, the recipe and the output."""
    bot = fake_bot()
    sent = message(bot, GROUP, message_thread_id=3, is_topic_message=True)
    request = await request_of(Update(1, message=sent), bot, services(), STANDING)
    assert isinstance(request, MessageRequest)
    assert (request.message, request.message_id, request.thread_id) == (sent, 10, 3)
    assert (request.user, request.chat) == (USER, GROUP)
    assert (request.say.language, request.recipe, request.output) == ("ru", Recipe("fine"), "file")


async def test_a_press_is_a_request_at_the_message_of_the_button() -> None:
    """An answer to it goes where that message is."""
    bot = fake_bot()
    query = press_query(bot, message(bot, GROUP, message_thread_id=3, is_topic_message=True))
    request = await request_of(Update(1, callback_query=query), bot, services(), NEWCOMER)
    assert isinstance(request, Press)
    assert (request.query, request.message, request.message_id) == (query, query.message, 10)
    assert (request.chat, request.thread_id) == (GROUP, 3)
    assert (request.say.language, request.recipe, request.output) == ("en", Recipe(), "photo")


async def test_a_press_under_a_message_that_telegram_does_not_show_is_a_request_without_it() -> None:
    """Of an old message only its chat and its id are known."""
    bot = fake_bot()
    query = press_query(bot, InaccessibleMessage(GROUP, 44))
    request = await request_of(Update(1, callback_query=query), bot, services(), NEWCOMER)
    assert isinstance(request, Press)
    assert (request.message, request.message_id, request.chat, request.thread_id) == (None, 44, GROUP, None)


@pytest.mark.parametrize(
    "update",
    [
        Update(1),
        Update(1, edited_message=message(fake_bot())),
        Update(1, callback_query=press_query(fake_bot(), None)),
    ],
    ids=["empty", "edited", "inline"],
)
async def test_other_updates_are_no_requests(update: Update) -> None:
    """No message, an edited one, and a press under a message that is in no chat of the bot."""
    assert await request_of(update, fake_bot(), services(), NEWCOMER) is None


async def test_the_settings_are_read_where_the_caller_has_not_read_them() -> None:
    """They are those of the user in this chat."""
    people, bot = create_autospec(PeopleStore, instance=True), fake_bot()
    people.standing.return_value = STANDING
    parts = services(fake_stores(people=people))
    request = await request_of(Update(1, message=message(bot, GROUP)), bot, parts)
    assert request is not None
    assert request.recipe == Recipe("fine")
    people.standing.assert_awaited_once_with(7, -5)


@pytest.mark.parametrize(
    ("chat", "requester", "status", "sentence"),
    [
        (PRIVATE, 7, ChatMemberStatus.MEMBER, None),
        (PRIVATE, 8, ChatMemberStatus.OWNER, "not-yours"),
        (GROUP, 7, ChatMemberStatus.MEMBER, None),
        (GROUP, 8, ChatMemberStatus.MEMBER, "not-yours"),
        (GROUP, 8, ChatMemberStatus.ADMINISTRATOR, None),
        (GROUP, 8, ChatMemberStatus.OWNER, None),
        (GROUP, 8, ChatMemberStatus.RESTRICTED, "not-yours"),
    ],
)
async def test_the_requester_and_a_groups_administrators_may_act(
    chat: Chat, requester: int, status: ChatMemberStatus, sentence: str | None
) -> None:
    """In a private chat there are no administrators."""
    bot = fake_bot()
    bot.get_chat_member.return_value.status = status
    assert await why_not(message_request(bot, services(), message(bot, chat)), requester) == sentence


async def test_a_press_that_went_stale_needs_no_answer() -> None:
    """Telegram refuses an answer after a while, or the line breaks: what was asked for is done all the same."""
    bot = fake_bot()
    query = press_query(bot, message(bot), user=User(8, "Bob", is_bot=False))
    await access.answer(query, "Done")
    assert bot.answer_callback_query.call_args.kwargs["text"] == "Done"
    for error in (BadRequest("query is too old"), TelegramError("timed out")):
        bot.answer_callback_query.side_effect = error
        await access.answer(query, "Done")
    assert bot.answer_callback_query.await_count == 3

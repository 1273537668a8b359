"""Requests as handlers get them, by a bot that calls nobody: its calls are recorded, and tests look at them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

from telegram import CallbackQuery, Chat, InaccessibleMessage, Message, PhotoSize, User
from telegram.constants import ChatType
from telegram.ext import ExtBot

from bot.chat.albums import Albums
from bot.chat.context import MessageRequest, Press, Services
from bot.chat.i18n import texts
from bot.storage.models import Recipe
from bot.storage.protocols import Stores
from tests.support.chat_harness import PRESETS
from tests.support.fakes import ANN, fake_stores

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PRIVATE = Chat(ANN.chat_id, ChatType.PRIVATE)
GROUP = Chat(-5, ChatType.SUPERGROUP, title="Friends", is_forum=True)
USER = User(ANN.user_id, "Ann", is_bot=False, language_code="en")


def fake_bot(files: Mapping[str, bytes] | None = None) -> AsyncMock:
    """Return a bot whose methods are recorded; it can download the files, by their ids."""

    async def get_file(file_id: str) -> Any:
        data = bytearray((files or {})[file_id])
        return SimpleNamespace(download_as_bytearray=AsyncMock(return_value=data))

    bot = AsyncMock(spec=ExtBot)
    bot.get_file.side_effect = get_file
    bot.id, bot.username = 99, "vitrage_bot"
    return bot


def services(stores: Stores | None = None, **more: Any) -> Services:
    """Return the services of a chat whose stores are in memory; `more` are other fields of `Services`."""
    return Services(stores or fake_stores(), Albums(), PRESETS, Recipe, **more)


def message(bot: AsyncMock, chat: Chat = PRIVATE, number: int = 10, **fields: Any) -> Message:
    """Return a message of Ann's."""
    made = Message(number, NOW, chat, from_user=USER, **fields)
    made.set_bot(bot)
    return made


def photo_message(bot: AsyncMock, file_id: str, number: int = 9) -> Message:
    """Return a message of Ann's with a photo."""
    return message(bot, number=number, photo=(PhotoSize(file_id, f"unique-{file_id}", 60, 40),))


def press_query(
    bot: AsyncMock, of: Message | InaccessibleMessage | None, data: str = "", user: User = USER
) -> CallbackQuery:
    """Return a press on a button of a message."""
    query = CallbackQuery("press-1", user, "instance", message=of, data=data)
    query.set_bot(bot)
    return query


def message_request(bot: AsyncMock, parts: Services, sent: Message, *words: str) -> MessageRequest:
    """Return the request of a message, by the settings that Ann did not change."""
    return MessageRequest(**_request(bot, parts, sent), message=sent, words=words)


def press(bot: AsyncMock, parts: Services, of: Message, user: User = USER) -> Press:
    """Return the request of a press on a button of a message."""
    fields = _request(bot, parts, of) | {"user": user}
    return Press(**fields, message=of, query=press_query(bot, of, user=user))


def said(bot: AsyncMock) -> tuple[str, bool]:
    """Return what the last press was answered with: the text, and whether it was an alert."""
    answer = bot.answer_callback_query.call_args.kwargs
    return answer["text"], answer["show_alert"]


def _request(bot: AsyncMock, parts: Services, sent: Message) -> dict[str, Any]:
    return {
        "bot": bot,
        "services": parts,
        "user": USER,
        "chat": sent.chat,
        "message_id": sent.message_id,
        "thread_id": sent.message_thread_id if sent.is_topic_message else None,
        "say": texts("en"),
        "recipe": parts.default,
        "output": "photo",
    }

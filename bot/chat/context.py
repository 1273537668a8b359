"""What every handler is given: the stores, the settings, and the words of the user's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import Message, Update, User
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from bot.chat.albums import Albums
from bot.chat.texts import Texts, texts
from bot.jobs.job import Address, Recipe
from bot.jobs.store import BlobStore, ChatStore, JobStore


@dataclass(frozen=True)
class Services:
    """The parts of the program that handlers use."""

    jobs: JobStore
    chats: ChatStore
    blobs: BlobStore
    albums: Albums
    max_queued: int
    default: Recipe  # of users who chose nothing in /settings

    async def recipe(self, user_id: int) -> Recipe:
        """Return how a user's next picture is to be painted."""
        return await self.chats.recipe(user_id) or self.default


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], Services]):
    """python-telegram-bot's context with our services in `bot_data`."""

    @property
    def services(self) -> Services:
        """The parts of the program that handlers use."""
        return self.bot_data


ChatApplication = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], Services, JobQueue[Context] | None]


def words(user: User | None) -> Texts:
    """Return the texts in the language that the user's Telegram is set to."""
    return texts(user.language_code if user else None)


def asked(update: Update) -> tuple[Message, User]:
    """Return the message that an update brought and who sent it; handlers' filters see to it that both are there."""
    message, user = update.effective_message, update.effective_user
    if message is None or user is None:
        raise ValueError(f"update {update.update_id} has no message or no sender")
    return message, user


def address_of(message: Message, user: User) -> Address:
    """Return who asked, and where the answer goes."""
    thread = message.message_thread_id if message.is_topic_message else None
    return Address(message.chat_id, thread, user.id)

"""What every handler is given: the stores, the settings, and the words of the user's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram import Message, Update, User
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from bot.chat.albums import Albums
from bot.chat.i18n import Texts, texts
from bot.chat.moderation import PictureFilter
from bot.presets.catalogue import DRAWN, Presets
from bot.storage.models import Address, Recipe
from bot.storage.protocols import BlobStore, ChatStore, JobStore


@dataclass(frozen=True)
class Limits:
    """How many pictures may be asked for."""

    queued: int = 5  # by one user, waiting or in work
    group: int = 20  # in one group, waiting or in work
    day: int = 200  # by one user within 24 hours
    depth: int = 500  # by everyone, waiting or in work


@dataclass(frozen=True)
class Services:
    """The parts of the program that handlers use."""

    jobs: JobStore
    chats: ChatStore
    blobs: BlobStore
    albums: Albums
    presets: Presets
    default: Recipe  # of users who chose nothing in /settings
    limits: Limits = Limits()
    owners: frozenset[int] = frozenset()  # users who run the bot
    filter: PictureFilter | None = None  # the owner's own check of what users send

    async def recipe(self, user_id: int) -> Recipe:
        """Return how a user's next picture is to be painted."""
        return await self.chats.recipe(user_id) or self.default

    async def recipe_for(self, address: Address) -> Recipe:
        """Return how a picture is to be painted in a chat: a group's administrators choose for all, if they want."""
        shared = await self.chats.recipe(address.chat_id) if address.chat_id < 0 else None
        return shared or await self.recipe(address.user_id)

    async def words(self, user: User) -> Texts:
        """Return the texts in the language that a user chose, else in the one that their Telegram is set to."""
        chosen = (await self.chats.preference(user.id)).language
        return texts(chosen or user.language_code)

    def title(self, preset: str, say: Texts) -> str:
        """Return a preset's name for people; the owner's presets are called as their files are."""
        return say(f"preset-{preset}") if preset in DRAWN else preset.replace("-", " ").capitalize()


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], Services]):
    """python-telegram-bot's context with our services in `bot_data`."""

    @property
    def services(self) -> Services:
        """The parts of the program that handlers use."""
        return self.bot_data

    @property
    def say(self) -> Texts:
        """The texts in the user's language; `bot.chat.access` has chosen them before any handler runs."""
        return self._say

    @say.setter
    def say(self, say: Texts) -> None:
        self._say = say


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

"""An aiogram bot with a person and two chats, for calls that aiogram makes in the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.sandbox.client import Chat, Client
from tests.support.videos import plain_picture

TOKEN = "99:" + "c" * 35
KEYS = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go", style="success")]])


def picture(color: str = "teal", kind: str = "PNG") -> BufferedInputFile:
    """Return a small picture to upload."""
    return BufferedInputFile(plain_picture((200, 100), kind, color), f"picture.{kind.lower()}")


@dataclass
class Stage:
    """An aiogram bot, a person, their private chat, and the id of a forum that the bot administers."""

    bot: Bot
    ann: Client
    chat: Chat
    forum: int

    @property
    def me(self) -> int:
        """The id of the private chat."""
        return self.ann.id

    async def text(self, **options: Any) -> Message:
        """Send a message of the bot."""
        return await self.bot.send_message(self.me, "some text", **options)


@asynccontextmanager
async def stage(url: str) -> AsyncIterator[Stage]:
    """Set up a bot, a person and their chats in a sandbox."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    async with bot, Client(url, "Ann") as ann:
        await bot.get_me()
        chat = await ann.open()
        await chat.send("/start")
        made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Forum", "forum": True, "admins": [99]})
        yield Stage(bot, ann, chat, made["id"])

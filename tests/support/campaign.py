"""What campaigns share in which people ask for pictures while hosts and servers fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from bot.sandbox.client import Chat, Client, Message
from tests.support.conversation import is_status

# A bot that takes over, or had no database, knows neither what was shown and deleted, nor how many calls were made.
_REFUSED = ("is not modified", "to edit not found", "to delete not found", "Too Many Requests", "Conflict")
_METHODS = (
    "deleteMessage",
    "editMessageMedia",
    "editMessageText",
    "getUpdates",
    "sendMessage",
    "sendPhoto",
    "setMessageReaction",
)

REFUSED = [pytest.mark.refused(method, reason, always=False) for method in _METHODS for reason in _REFUSED]
"""Marks of a campaign's tests: the refusals that may come."""


@asynccontextmanager
async def people(url: str, count: int) -> AsyncIterator[list[Chat]]:
    """Give the chats of so many people with the bot."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(Client(url, f"Person {n}")) for n in range(count)]
        yield [await client.open() for client in clients]


class Requests:
    """What people have asked for: a picture each time, of the same two photos."""

    def __init__(self, photos: list[bytes]) -> None:
        self._photos = photos
        self._asked: list[tuple[Chat, int]] = []

    async def ask(self, chats: list[Chat], pause: float = 0.0) -> None:
        """Ask once in each of the chats, with so many seconds between them."""
        for chat in chats:
            self._asked.append((chat, (await chat.send_photos(self._photos))[0].id))
            await asyncio.sleep(pause)

    async def copies(self) -> list[int]:
        """Return how many pictures answer each request."""
        return [sum(_answers(m, number) for m in await chat.messages()) for chat, number in self._asked]

    async def all_answered(self) -> bool:
        """Whether there is a picture for each."""
        return all(await self.copies())


def _answers(message: Message, request: int) -> bool:
    return bool(message.photo and message.reply_to == request and not is_status(message))

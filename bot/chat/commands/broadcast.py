"""Sends the owner's letters, slowly: the people who wait for their pictures come first."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.storage.errors import StoreFullError
from bot.storage.protocols import ChatStore

log = structlog.get_logger(__name__)

PAUSE = 0.1  # seconds between two letters: a third of what Telegram lets a bot send
LOOK = 5.0  # seconds between two looks into an empty letter box


async def carry(bot: Bot, chats: ChatStore, stop: asyncio.Event) -> None:
    """Send letters until told to stop. What a crash interrupts is not sent twice."""
    while not stop.is_set():
        pause = PAUSE if await _carry_one(bot, chats) else LOOK
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _carry_one(bot: Bot, chats: ChatStore) -> bool:
    try:
        letter = await chats.take_letter()
        if letter is not None:
            await bot.send_message(*letter)
    except TelegramError as error:  # blocked, or gone
        log.info("a letter was not delivered", reason=error.message)
    except StoreFullError as error:
        log.warning("no letter was taken", reason=str(error))
        return False
    return letter is not None

"""Sends the operator's messages to everybody, slowly: people who wait for their pictures come first."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.chat.rate_limiter import once
from bot.chat.refusals import UNWRITABLE, foreseen
from bot.storage.chat_protocols import PeopleStore
from bot.storage.errors import StoreUnavailableError

log = structlog.get_logger(__name__)

PAUSE = 0.1  # seconds between two messages: a third of the rate that Telegram allows to a bot
POLL_SECONDS = 5.0  # between two looks at an empty queue


async def send_broadcasts(bot: Bot, people: PeopleStore, stop: asyncio.Event) -> None:
    """Send queued messages until told to stop. A message whose sending is interrupted is not sent again."""
    while not stop.is_set():
        pause = PAUSE if await _send_next(bot, people) else POLL_SECONDS
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _send_next(bot: Bot, people: PeopleStore) -> bool:
    """Send one message; return False if there was none."""
    try:
        queued = await people.take_broadcast()
        if queued is not None:
            with once(), foreseen(*UNWRITABLE):
                await bot.send_message(*queued)
    except TelegramError as error:  # blocked, or gone
        log.info("a broadcast message was not delivered", reason=error.message)
    except StoreUnavailableError as error:
        log.warning("no broadcast message was taken", reason=str(error))
        return False
    return queued is not None

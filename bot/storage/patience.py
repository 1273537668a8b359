"""Patience with a store that cannot be used at the moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

import structlog

from bot.storage.errors import StoreUnavailableError

log = structlog.get_logger(__name__)

R = TypeVar("R")

PAUSE = 2.0  # seconds between two attempts
OPENING = 60.0  # seconds for a database to become usable when a program starts
WARN = 30  # attempts between two warnings


async def until_possible(call: Callable[[], Awaitable[R]], stop: asyncio.Event, *, pause: float = PAUSE) -> R:
    """Repeat a call of a store until the store can be used.

    Args:
        call: Makes the awaitable anew for each attempt.
        stop: Once it is set, no further attempt is made.
        pause: Seconds between two attempts.

    Raises:
        StoreUnavailableError: The store cannot be used, and `stop` is set.
    """
    attempt = 0
    while True:
        try:
            return await call()
        except StoreUnavailableError as error:
            if attempt % WARN == 0:
                log.warning("store_unavailable", reason=str(error), next_try_seconds=pause)
            if stop.is_set():
                raise
        attempt += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stop.wait()

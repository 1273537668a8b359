"""Patience with Telegram's limits: when a chat is told to wait, only that chat waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from telegram._utils.types import JSONDict
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

log = structlog.get_logger(__name__)

MAX_TRIES = 5


class ChatLimiter(BaseRateLimiter[None]):
    """Repeats a call that Telegram answered with 429, after the pause it asks for.

    python-telegram-bot's own `AIORateLimiter` stops *all* chats at one RetryAfter; this one only the chat concerned.
    A repeated call is safe: 429 means that nothing was done.
    """

    def __init__(self) -> None:
        self._until: dict[object, float] = {}

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(  # noqa: PLR0917 – the signature is the library's
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | JSONDict | list[JSONDict]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002
    ) -> bool | JSONDict | list[JSONDict]:
        """Make the call once its chat is not paused; try again when told to wait."""
        chat = data.get("chat_id")
        for attempt in range(1, MAX_TRIES + 1):
            await asyncio.sleep(max(0.0, self._until.get(chat, 0.0) - time.monotonic()))
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                if attempt == MAX_TRIES:
                    raise
                self._pause(chat, error, endpoint)
        raise AssertionError("unreachable")

    def _pause(self, chat: object, error: RetryAfter, endpoint: str) -> None:
        wait = error.retry_after if isinstance(error.retry_after, int) else error.retry_after.total_seconds()
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[chat] = now + wait
        log.info("told to wait", endpoint=endpoint, seconds=wait)

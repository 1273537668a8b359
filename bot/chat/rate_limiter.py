"""Telegram's limits: known ones are kept in advance, and a chat that is told to wait delays no other chat."""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

log = structlog.get_logger(__name__)

MAX_TRIES = 5
COUNTED = re.compile("(send(?!ChatAction)|edit|copy|forward)[A-Z]")
MAX_WINDOWS = 4096  # chats whose windows are kept before idle ones are dropped


Answer = bool | dict[str, Any] | list[dict[str, Any]]
"""The result of a call of the Bot API, as the library's base class declares it."""


@dataclass(frozen=True)
class Pace:
    """At most so many messages within so many seconds."""

    count: int
    seconds: float


# Bots FAQ: about 30 messages a second in all, one a second to a chat (short bursts pass), 20 a minute to a group.
# A little less, because they count when a message arrives, not when it leaves.
OVERALL = Pace(28, 1.1)
CHAT = Pace(3, 3.3)
GROUP = Pace(19, 62.0)


class Window:
    """The moments at which messages leave: each takes the first one that the pace allows."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._moments: deque[float] = deque(maxlen=pace.count)

    def take(self, now: float) -> float:
        """Take the first free moment; return the seconds until then."""
        full = len(self._moments) == self._pace.count
        moment = max(now, self._moments[0] + self._pace.seconds) if full else now
        self._moments.append(moment)
        return moment - now

    def idle(self, now: float) -> bool:
        """Return whether none of its moments counts any more."""
        return not self._moments or self._moments[-1] + self._pace.seconds < now


class ChatRateLimiter(BaseRateLimiter[None]):
    """Spreads messages over time, and repeats a call that Telegram answered with 429 after the pause it asks for.

    python-telegram-bot's own `AIORateLimiter` stops *all* chats at one RetryAfter; this one only the chat concerned.
    A repeated call is safe: 429 means that nothing was done. Calls that send nothing are never held up.
    """

    def __init__(self) -> None:
        self._until: dict[object, float] = {}
        self._overall = Window(OVERALL)
        self._chats: dict[object, Window] = {}

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(  # noqa: PLR0917 – the signature is the library's
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002
    ) -> Answer:
        """Make the call once its chat may have it; repeat it after the pause when told to wait."""
        chat = data.get("chat_id")
        for attempt in range(1, MAX_TRIES + 1):
            await asyncio.sleep(max(0.0, self._until.get(chat, 0.0) - time.monotonic()))
            if COUNTED.match(endpoint):
                await self._turn(chat, edit=endpoint.startswith("edit"))
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                if attempt == MAX_TRIES:
                    raise
                self._pause(chat, error, endpoint)
        raise AssertionError("unreachable")

    async def _turn(self, chat: object, *, edit: bool) -> None:
        """Wait until a message to this chat may leave: first for the chat's own pace, so that it delays no other chat.

        An edit counts as a message in a group. In private it does not: a button that is pressed is answered at once.
        """
        now = time.monotonic()
        if len(self._chats) > MAX_WINDOWS:
            self._chats = {key: window for key, window in self._chats.items() if not window.idle(now)}
        group = isinstance(chat, int) and chat < 0
        own = [] if edit and not group else [self._chats.setdefault(chat, Window(GROUP if group else CHAT))]
        for window in (*own, self._overall):
            await asyncio.sleep(window.take(time.monotonic()))

    def _pause(self, chat: object, error: RetryAfter, endpoint: str) -> None:
        wait = error.retry_after if isinstance(error.retry_after, int) else error.retry_after.total_seconds()
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[chat] = now + wait
        log.info("told to wait", endpoint=endpoint, seconds=wait)

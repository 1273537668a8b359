"""Callback queries: pressed buttons that wait for the bot's answer."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from bot.sandbox import Json
from bot.sandbox.errors import bad_request
from bot.sandbox.state.clock import Clock

LIFETIME = 15.0  # seconds; nobody outside Telegram knows the number, but reports speak of some seconds
QUERIES_KEPT = 1_000
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class CallbackQuery:
    """One press of a button; `answer` holds what the bot gave answerCallbackQuery."""

    id: str
    bot_id: int
    created: float  # monotonic time
    answer: Json | None = None
    waited: float | None = None  # seconds until it was answered
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class CallbackQueries:
    """The queries that a bot may still answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lifetime = LIFETIME
        self._open: dict[str, CallbackQuery] = {}

    def open(self, bot_id: int) -> CallbackQuery:
        """Start a query; the oldest are forgotten."""
        query = CallbackQuery(str(secrets.randbits(62)), bot_id, self._clock.monotonic())
        self._open[query.id] = query
        while len(self._open) > QUERIES_KEPT:
            del self._open[next(iter(self._open))]
        return query

    def answer(self, bot_id: int, query_id: str, answer: Json) -> None:
        """Keep the bot's answer.

        Raises:
            ApiError: the query is too old, unknown, another bot's, or was answered.
        """
        query = self._open.get(query_id)
        if query is None or query.bot_id != bot_id or query.answer is not None:
            raise bad_request(TOO_OLD)
        waited = self._clock.monotonic() - query.created
        if waited > self.lifetime:
            raise bad_request(TOO_OLD)
        query.answer, query.waited = answer, waited
        query.answered.set()

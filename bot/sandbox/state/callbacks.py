"""Callback queries: pressed buttons that wait for the bot's answer."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field

from bot.sandbox import Json
from bot.sandbox.errors import bad_request

LIFETIME = 60.0  # seconds
QUERIES_KEPT = 1_000
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class CallbackQuery:
    """One press of a button; `answer` holds what the bot gave answerCallbackQuery."""

    id: str
    bot_id: int
    created: float  # monotonic time
    answer: Json | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class CallbackQueries:
    """The queries that a bot may still answer."""

    def __init__(self) -> None:
        self.lifetime = LIFETIME
        self._open: dict[str, CallbackQuery] = {}

    def open(self, bot_id: int) -> CallbackQuery:
        """Start a query; the oldest are forgotten."""
        query = CallbackQuery(str(secrets.randbits(62)), bot_id, time.monotonic())
        self._open[query.id] = query
        while len(self._open) > QUERIES_KEPT:
            del self._open[next(iter(self._open))]
        return query

    def answer(self, bot_id: int, query_id: str, answer: Json) -> None:
        """Keep the bot's answer; of several answers to one query the first counts.

        Raises:
            ApiError: the query is too old, unknown, or another bot's.
        """
        query = self._open.get(query_id)
        if query is None or query.bot_id != bot_id or time.monotonic() - query.created > self.lifetime:
            raise bad_request(TOO_OLD)
        query.answer = query.answer or answer
        query.answered.set()

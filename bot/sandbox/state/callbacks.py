"""Pressed buttons that wait for the bot's answer."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field

from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Json

LIFETIME = 60.0
KEPT = 1_000
STALE = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class Press:
    """One pressed button; `answer` is what answerCallbackQuery said."""

    id: str
    bot_id: int
    born: float
    answer: Json | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class CallbackDesk:
    """The presses that a bot may still answer."""

    def __init__(self) -> None:
        self.lifetime = LIFETIME
        self._open: dict[str, Press] = {}

    def open(self, bot_id: int) -> Press:
        """Take in a press."""
        press = Press(str(secrets.randbits(62)), bot_id, time.monotonic())
        self._open[press.id] = press
        while len(self._open) > KEPT:
            del self._open[next(iter(self._open))]
        return press

    def answer(self, bot_id: int, press_id: str, answer: Json) -> None:
        """The bot's answer, or Telegram's refusal of a late or made-up one."""
        press = self._open.get(press_id)
        if press is None or press.bot_id != bot_id or time.monotonic() - press.born > self.lifetime:
            raise bad_request(STALE)
        press.answer = press.answer or answer
        press.answered.set()

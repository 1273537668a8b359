"""Calls that Telegram refuses. A caller names the refusals that it foresees; any other is a fault of ours.

People block bots, delete messages and close topics, so some refusals are part of the world: whoever makes such a call
names them, and answers for them. All others are counted and logged as warnings, and the operators read of the first of
each kind: where a call is refused, nothing appears where something should, and nobody else can see why.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.chat.i18n import texts

log = structlog.get_logger(__name__)

ANY = ""
"""Foresees every refusal: of a call that may fail for any reason without harm."""

UNWRITABLE = (
    "bot was blocked", "user is deactivated", "bot was kicked", "bot is not a member", "chat not found",
    "group chat was deleted", "group chat was deactivated", "can't initiate conversation", "have no rights",
    "not enough rights", "need administrator rights", "CHAT_WRITE_FORBIDDEN", "CHAT_RESTRICTED",
    "CHAT_SEND_", "bot can't send messages to bots", "PEER_ID_INVALID",
)  # fmt: skip
"""The bot may not write in a chat, or not this kind of message, or not any more."""

TOPIC_GONE = ("message thread not found", "TOPIC_CLOSED", "TOPIC_DELETED")
"""A topic was deleted or closed."""

UNEDITABLE = ("message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID", "MESSAGE_EDIT_TIME_EXPIRED")
"""A message was deleted, or cannot be edited any more."""

UNCHANGED = "message is not modified"
"""A message shows already what it is to show."""

MAX_KINDS = 200  # that are counted one by one
LOOK_SECONDS = 2.0  # between two looks for news

_foreseen: ContextVar[tuple[str, ...]] = ContextVar("foreseen", default=())


@contextmanager
def foreseen(*reasons: str) -> Iterator[None]:
    """Name the refusals that calls within may meet, by parts of Telegram's texts in any case; they raise as always."""
    token = _foreseen.set((*_foreseen.get(), *reasons))
    try:
        yield
    finally:
        _foreseen.reset(token)


def says(error: TelegramError, *reasons: str) -> bool:
    """Return whether an error's text contains one of these, in any case."""
    text = error.message.lower()
    return any(reason.lower() in text for reason in reasons)


class Refusals:
    """Counts unforeseen refusals by method and reason.

    Attributes:
        counts: How often each happened since the start; numbers in reasons are written as N.
    """

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self._news: deque[tuple[str, str]] = deque()

    def note(self, method: str, error: TelegramError) -> None:
        """Count an error if it is a refusal that the call did not foresee."""
        if not _is_refusal(error) or says(error, *_foreseen.get()):
            return
        log.warning("telegram refused a call", method=method, reason=error.message)
        kind = method, re.sub(r"\d+", "N", error.message)
        if kind not in self.counts and len(self.counts) >= MAX_KINDS:
            kind = method, "others"
        if kind not in self.counts:
            self._news.append(kind)
        self.counts[kind] += 1

    async def tell(self, bot: Bot, operators: frozenset[int], stop: asyncio.Event) -> None:
        """Write to the operators about the first refusal of each kind, until told to stop.

        An operator who never wrote to the bot reads nothing: it may not write first.
        """
        while not stop.is_set():
            while self._news:
                method, reason = self._news.popleft()
                text = texts(None)("operator-refusal", method=method, reason=reason)
                for operator in operators:
                    with foreseen(ANY), contextlib.suppress(TelegramError):
                        await bot.send_message(operator, text)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)


def _is_refusal(error: TelegramError) -> bool:
    """Return whether Telegram answered with a status 4xx; a move to a supergroup is no refusal: it says where to go."""
    if isinstance(error, ChatMigrated):
        return False
    if isinstance(error, (BadRequest, Forbidden, InvalidToken, Conflict, RetryAfter)):
        return True
    return isinstance(error, NetworkError) and re.search(r"\(4\d\d\)", error.message) is not None

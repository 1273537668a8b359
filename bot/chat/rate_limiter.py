"""Telegram's limits: known ones are kept in advance, and who is told to wait delays nobody else.

Messages and edits share limits, and Telegram may ask for minutes of patience after a few edits too many. So each call
belongs to a line of its own: the messages of a chat, its edits, its progress edits, every other method by itself. A
pause holds up its line alone. Answers to presses have no chat, and so wait for nothing but themselves.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import re
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot import meters
from bot.chat.refusals import Refusals

log = structlog.get_logger(__name__)

MAX_TRIES = 5
CUT_TRIES = 3  # of a call whose line breaks
CUT_SECONDS = 0.3  # before the second of them, twice that before the third
REPEATABLE = re.compile("(edit|answer|get|delete|set)[A-Z]")  # the second time changes nothing
COUNTED = re.compile("(send(?!ChatAction)|edit|copy|forward)[A-Z]")
MAX_WINDOWS = 4096  # chats whose windows are kept before idle ones are dropped


# Errors of the transport after which the request provably did not reach Telegram.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

Answer = bool | dict[str, Any] | list[dict[str, Any]]
"""The result of a call of the Bot API, as the library's base class declares it."""

Line = tuple[object, str]
"""Calls that wait together: a chat, and `messages`, `edits`, `progress` or another method's name."""

_progress: ContextVar[bool] = ContextVar("progress", default=False)
_once: ContextVar[bool] = ContextVar("once", default=False)
_patience: ContextVar[float] = ContextVar("patience", default=math.inf)


class NoRoomError(Exception):
    """A progress edit was not made, because it would have to wait.

    Attributes:
        seconds: In how many seconds there may be room.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no room for {seconds:.1f} s")
        self.seconds = seconds


@contextmanager
def as_progress() -> Iterator[None]:
    """Make the edits within progress edits: they take only room that others leave, and are never repeated.

    They raise NoRoomError where they would have to wait, and RetryAfter where Telegram says so.
    """
    token = _progress.set(True)
    try:
        yield
    finally:
        _progress.reset(token)


@contextmanager
def once() -> Iterator[None]:
    """Have nothing within sent again after a cut line: it may have arrived. By default silence is worse than a copy."""
    token = _once.set(True)
    try:
        yield
    finally:
        _once.reset(token)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Have the calls within raise RetryAfter where Telegram asks for more seconds than these; by default they wait."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


@dataclass(frozen=True)
class Pace:
    """At most so many messages within so many seconds."""

    count: int
    seconds: float

    @property
    def for_progress(self) -> int:
        """How many of them may be there after a progress edit: a third stays free for answers."""
        return max(1, self.count * 2 // 3)


# Bots FAQ: about 30 messages a second in all, one a second to a chat (short bursts pass), 20 a minute to a group.
# A little less, because they count when a message arrives, not when it leaves. Edits count too.
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

    def until_room(self, now: float) -> float:
        """Return the seconds until a progress edit may take a moment; 0: now."""
        most = self._pace.for_progress
        return max(0.0, self._moments[-most] + self._pace.seconds - now) if len(self._moments) >= most else 0.0

    def idle(self, now: float) -> bool:
        """Return whether none of its moments counts any more."""
        return not self._moments or self._moments[-1] + self._pace.seconds < now


class ChatRateLimiter(BaseRateLimiter[None]):
    """Spreads messages over time, and repeats a call that Telegram answered with 429 after the pause it asks for.

    python-telegram-bot's own `AIORateLimiter` stops *all* chats at one RetryAfter; this one only the line concerned.
    A repeated call is safe: 429 means that nothing was done. All calls pass here, so refusals are noted here.
    """

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._until: dict[Line, float] = {}
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
        """Make the call once its line may have it; repeat it after the pause when told to wait.

        Raises:
            NoRoomError: a progress edit would have to wait.
            RetryAfter: a progress edit was told to wait, or another call for longer than its patience.
        """
        chat, counted = data.get("chat_id"), COUNTED.match(endpoint) is not None
        items = len(data["media"]) if endpoint == "sendMediaGroup" else 1  # each is a message of its own
        progress = counted and _progress.get()
        written = "progress" if progress else "edits" if endpoint.startswith("edit") else "messages"
        line: Line = (chat, written if counted else endpoint)
        for attempt in range(1, MAX_TRIES + 1):
            if progress:
                self._take_room(chat)
            else:
                await self._wait(line)
                await self._turn(chat, items if counted else 0)
            try:
                return await self._reach(callback, args, kwargs, endpoint)
            except RetryAfter as error:
                seconds = seconds_of(error)
                self._pause(line, seconds)
                if progress:
                    raise
                self._refusals.note(endpoint, error)
                if attempt == MAX_TRIES or seconds > _patience.get():
                    raise
            except TelegramError as error:
                error.add_note(endpoint)
                self._refusals.note(endpoint, error)
                raise
        raise AssertionError("unreachable")

    async def _reach(
        self, callback: Callable[..., Coroutine[Any, Any, Answer]], args: Any, kwargs: dict[str, Any], endpoint: str
    ) -> Answer:
        """Make a call, and make it again where the line broke and that does no harm: anything may be cut at any moment.

        Raises:
            TelegramError: it failed, or nobody knows.
        """
        for attempt in range(1, CUT_TRIES + 1):
            meters.count_call(endpoint)
            try:
                return await callback(*args, **kwargs)
            except TelegramError as error:
                meters.CALL_ERRORS.labels(endpoint, type(error).__name__).inc()
                is_line = isinstance(error, NetworkError) and not isinstance(error, BadRequest)
                if not is_line or attempt == CUT_TRIES or _progress.get():
                    raise
                unsent = isinstance(error.__cause__, UNSENT)
                cut = isinstance(error.__cause__, httpx.NetworkError | httpx.RemoteProtocolError)
                if not unsent and not (cut and (REPEATABLE.match(endpoint) or (attempt == 1 and not _once.get()))):
                    raise
                log.info("a line broke", endpoint=endpoint, reason=error.message)
            await asyncio.sleep(CUT_SECONDS * attempt)
        raise AssertionError("unreachable")

    async def _wait(self, line: Line) -> None:
        """Wait for the end of a line's pause, which may have been lengthened meanwhile.

        Raises:
            RetryAfter: it takes longer than the call's patience.
        """
        while (seconds := self._until.get(line, 0.0) - time.monotonic()) > 0:
            if seconds > _patience.get():
                raise RetryAfter(dt.timedelta(seconds=math.ceil(seconds)))
            await asyncio.sleep(seconds)

    async def _turn(self, chat: object, count: int) -> None:
        """Wait until messages to this chat may leave: first for the chat's pace, so that they delay no other chat."""
        for window in (self._window(chat), self._overall):
            for _ in range(count):
                await asyncio.sleep(window.take(time.monotonic()))

    def _take_room(self, chat: object) -> None:
        """Take a moment for a progress edit.

        Raises:
            NoRoomError: none is free now.
        """
        now, windows = time.monotonic(), (self._window(chat), self._overall)
        pauses = [self._until.get((chat, line), 0.0) - now for line in ("messages", "edits", "progress")]
        seconds = max(*pauses, *(window.until_room(now) for window in windows))
        if seconds > 0:
            raise NoRoomError(seconds)
        for window in windows:
            window.take(now)

    def _window(self, chat: object) -> Window:
        now = time.monotonic()
        if len(self._chats) > MAX_WINDOWS:
            self._chats = {key: window for key, window in self._chats.items() if not window.idle(now)}
        group = isinstance(chat, int) and chat < 0
        return self._chats.setdefault(chat, Window(GROUP if group else CHAT))

    def _pause(self, line: Line, seconds: float) -> None:
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[line] = max(now + seconds, self._until.get(line, 0.0))
        log.info("told to wait", line=line[1], seconds=seconds)


def seconds_of(error: RetryAfter) -> float:
    """Return for how many seconds Telegram asks."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)

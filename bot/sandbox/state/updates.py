"""The updates that wait for one bot, and the long poll that fetches them.

An update stays until a later getUpdates confirms it by its offset (Bot API, getUpdates), so a bot that dies between
fetching and confirming gets it again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from bot.sandbox.errors import conflict
from bot.sandbox.state.accounts import Json

FIRST_ID = 700_000_001
PENDING_LIMIT = 20_000
OPT_IN = {"chat_member", "message_reaction", "message_reaction_count"}  # sent only when asked for by name
TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"


class UpdateQueue:
    """Updates of one bot in order, each with the next id."""

    def __init__(self) -> None:
        self.pending: deque[Json] = deque(maxlen=PENDING_LIMIT)
        self.next_id = FIRST_ID
        self.allowed: list[str] = []
        self.on_put: Callable[[], None] | None = None  # a webhook takes the updates in place of a poll
        self._poll: asyncio.Event | None = None  # of the one poller
        self._closed = False

    def put(self, kind: str, body: Json) -> None:
        """Queue an update unless the bot does not want its kind; wake whoever waits."""
        if not self.wants(kind):
            return
        self.pending.append({"update_id": self.next_id, kind: body})
        self.next_id += 1
        self.wake()
        if self.on_put is not None:
            self.on_put()

    def wants(self, kind: str) -> bool:
        """Whether allowed_updates lets this kind through; an empty list means all but the opt-in kinds."""
        return kind in self.allowed if self.allowed else kind not in OPT_IN

    @property
    def polled(self) -> bool:
        """Whether somebody is waiting."""
        return self._poll is not None

    def wake(self) -> None:
        """Let the waiting poll look again."""
        if self._poll is not None:
            self._poll.set()

    def close(self) -> None:
        """Answer open polls now, and later ones at once: the server is stopping."""
        self._closed = True
        self.wake()

    def confirm(self, offset: int) -> None:
        """Forget what the bot has seen; a negative offset keeps only that many of the newest."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
            return
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()

    def interrupt(self) -> None:
        """Make the current poller give up: another one came, or a webhook."""
        if self._poll is not None:
            poll, self._poll = self._poll, None
            poll.set()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:  # noqa: ASYNC109 - Telegram's word
        """Wait until there is something or the time is over; the newest poller wins."""
        self.interrupt()
        mine = self._poll = asyncio.Event()
        self.confirm(offset)
        if not self.pending and timeout > 0 and not self._closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(mine.wait(), timeout)
        if self._poll is not mine:
            raise conflict(TERMINATED)
        self._poll = None
        return list(self.pending)[:limit]

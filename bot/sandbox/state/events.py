"""What happened, for the people's side: pages and tests follow it with a cursor."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque

from bot.sandbox.state.accounts import Json

KEPT = 5_000


class EventLog:
    """The newest events, numbered from one."""

    def __init__(self) -> None:
        self.run = secrets.token_hex(4)  # numbers of another run count other events
        self.cursor = 0
        self.closed = False
        self._events: deque[Json] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Event] = set()

    def add(self, kind: str, chat: str, **fields: object) -> None:
        """Tell everyone who follows; `chat` is the key of the chat or "" for all."""
        self.cursor += 1
        self._events.append({"seq": self.cursor, "at": time.time(), "type": kind, "chat": chat, **fields})
        for waiting in self._waiting:
            waiting.set()

    def after(self, cursor: int) -> list[Json]:
        """The events past a cursor that are still kept."""
        fresh: list[Json] = []
        for event in reversed(self._events):
            if event["seq"] <= cursor:
                break
            fresh.append(event)
        return fresh[::-1]

    def lost(self, cursor: int) -> bool:
        """Whether events past this cursor are gone, or it is of an earlier run: the reader has to start over."""
        first = self._events[0]["seq"] if self._events else self.cursor + 1
        return cursor > self.cursor or cursor < first - 1

    def close(self) -> None:
        """Let every follower go: the server is stopping."""
        self.closed = True
        for waiting in self._waiting:
            waiting.set()

    async def wait(self, cursor: int, seconds: float) -> list[Json]:
        """The events past a cursor, waiting for the first one."""
        waiting = asyncio.Event()
        self._waiting.add(waiting)
        try:
            if self.cursor <= cursor and not self.closed:
                await asyncio.wait_for(waiting.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(waiting)
        return self.after(cursor)

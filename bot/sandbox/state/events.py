"""What happened, for people's clients: pages and tests read on from the number of the last event that they know."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque

from bot.sandbox import Json

EVENTS_KEPT = 5_000


class EventLog:
    """The newest events, numbered from 1. A cursor is the number of the last event that a reader knows."""

    def __init__(self) -> None:
        self.run = secrets.token_hex(4)  # another run of the sandbox numbers other events
        self.cursor = 0
        self.closed = False
        self._events: deque[Json] = deque(maxlen=EVENTS_KEPT)
        self._waiting: set[asyncio.Event] = set()

    def add(self, kind: str, chat: str, **fields: object) -> None:
        """Add an event and wake all readers; `chat` is the key of the chat, or "" when it concerns all."""
        self.cursor += 1
        self._events.append({"seq": self.cursor, "at": time.time(), "type": kind, "chat": chat, **fields})
        self._wake()

    def after(self, cursor: int) -> list[Json]:
        """Return the events after a cursor that are still kept."""
        found: list[Json] = []
        for event in reversed(self._events):
            if event["seq"] <= cursor:
                break
            found.append(event)
        return found[::-1]

    def lost(self, cursor: int) -> bool:
        """Return whether events after this cursor are forgotten, or it is of another run: read everything anew."""
        first = self._events[0]["seq"] if self._events else self.cursor + 1
        return cursor > self.cursor or cursor < first - 1

    def close(self) -> None:
        """End all waits: the server is stopping."""
        self.closed = True
        self._wake()

    async def wait(self, cursor: int, seconds: float) -> list[Json]:
        """Return the events after a cursor; wait at most so many seconds for the first one."""
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

    def _wake(self) -> None:
        for waiting in self._waiting:
            waiting.set()

"""The log of calls, for the page that shows them: each call of a bot with its answer and its duration."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.sandbox import Json

CALLS_KEPT = 1_000
LONGEST_VALUE = 8_000  # characters


@dataclass
class Entry:
    """One call of a bot, or one delivery to its webhook."""

    id: int
    bot: str  # username
    method: str
    at: float  # Unix time
    request: Json
    files: list[str] = field(default_factory=list)  # the names of the parts that are files
    response: Any = None
    status: int = 0  # 0 while the call is open
    milliseconds: float = 0.0
    delayed: float = 0.0  # milliseconds of these that faults added before the call was performed
    fault: str = ""  # the kind of the fault that the call met
    began: float = field(default_factory=time.monotonic)

    def to_json(self) -> Json:
        """Return the entry as the page reads it."""
        return asdict(self)


class CallLog:
    """The newest calls."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=CALLS_KEPT)
        self.version = 0  # grows with every change
        self._changed = asyncio.Event()
        self._last_id = 0

    def begin(self, bot: str, method: str, request: Json, files: Iterable[str] = ()) -> Entry:
        """Log a call that came in. `request` holds its parameters; the bot's token is not among them."""
        self._last_id += 1
        shortened = {name: _shortened(value) for name, value in request.items()}
        entry = Entry(self._last_id, bot, method, time.time(), shortened, sorted(files))
        self.entries.append(entry)
        self._touch()
        return entry

    def end(self, entry: Entry, status: int, response: Any) -> None:
        """Log the answer of a call."""
        entry.status = status
        entry.response = _shortened(response)
        entry.milliseconds = round((time.monotonic() - entry.began) * 1000, 1)
        self._touch()

    def clear(self) -> None:
        """Forget all calls."""
        self.entries.clear()
        self._touch()

    async def wait(self, seconds: float) -> None:
        """Wait until the log changes, at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

    def close(self) -> None:
        """End all waits: the server is stopping."""
        self._touch()

    def _touch(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        return f"{value[:LONGEST_VALUE]}… ({len(value)} characters)"
    return value

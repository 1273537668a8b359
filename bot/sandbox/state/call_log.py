"""What went over the wire, for the page that shows it: each call with its answer and its time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.sandbox.botapi.parameters import Params
from bot.sandbox.state.accounts import Json

KEPT = 1_000
LONGEST = 8_000  # characters of one value


@dataclass
class Entry:
    """One call of a bot, or one delivery to its webhook."""

    id: int
    bot: str
    method: str
    at: float
    request: Json
    response: Any = None
    status: int = 0  # 0 while the call is open
    milliseconds: float = 0.0
    fault: str = ""
    began: float = field(default_factory=time.monotonic)

    def wire(self) -> Json:
        """The entry as the page reads it."""
        return asdict(self)


class Journal:
    """The newest calls."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.version = 0
        self._changed = asyncio.Event()
        self._last = 0

    def begin(self, bot: str, method: str, params: Params) -> Entry:
        """A call came in. The token never gets here."""
        self._last += 1
        request = {name: _short(value) for name, value in params.values.items()}
        for name, file in params.files.items():
            request[name] = f"<{file.name or 'file'}, {file.mime}, {len(file.data)} bytes>"
        entry = Entry(self._last, bot, method, time.time(), request)
        self.entries.append(entry)
        self._touch()
        return entry

    def end(self, entry: Entry, status: int, response: Any) -> None:
        """The call was answered."""
        entry.status = status
        entry.response = _short(response)
        entry.milliseconds = round((time.monotonic() - entry.began) * 1000, 1)
        self._touch()

    def clear(self) -> None:
        """Forget everything."""
        self.entries.clear()
        self._touch()

    async def wait(self, seconds: float) -> None:
        """Until something changes, or the time is over."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)

    def close(self) -> None:
        """Let everyone who waits go: the server is stopping."""
        self._touch()

    def _touch(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value)} characters)"
    return value

"""The clock of a world, which a test or a person can set ahead instead of waiting."""

from __future__ import annotations

import time


class Clock:
    """Real time, and the seconds by which this world is ahead of it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> int:
        """Return the Unix time in whole seconds, as Telegram gives it."""
        return int(time.time() + self.ahead)

    def monotonic(self) -> float:
        """Return a time in seconds by which durations are measured."""
        return time.monotonic() + self.ahead

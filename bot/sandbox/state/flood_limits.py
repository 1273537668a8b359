"""Telegram's flood limits (Bots FAQ, "My bot is hitting limits"); off until switched on.

About one message a second to one chat, 20 a minute to one group, 30 a second in all. Edits count as messages in groups
and in all. In a private chat they do not count: there, the sandbox limits only new messages.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from dataclasses import dataclass

from bot.sandbox.errors import too_many_requests


@dataclass(frozen=True)
class Window:
    """At most `count` messages within `seconds`."""

    count: int
    seconds: float


OVERALL = Window(30, 1.0)
CHAT = Window(3, 3.0)  # one a second on average, with the short bursts that Telegram allows
GROUP = Window(20, 60.0)


class FloodLimits:
    """Counts the messages and edits of each bot."""

    def __init__(self) -> None:
        self.enabled = False
        self.refused = 0  # calls, since the start
        self._sent: dict[tuple[int, str], deque[float]] = defaultdict(deque)

    def check(self, bot_id: int, chat_id: str, messages: int = 1, *, edit: bool = False) -> None:
        """Count a call that sends or edits so many messages.

        Raises:
            ApiError: 429, the call exceeds a limit; it is not counted.
        """
        if not self.enabled:
            return
        group = chat_id.startswith("-")
        moment = time.monotonic()
        logs = [(self._sent[bot_id, ""], OVERALL)]
        if group or not edit:
            logs.append((self._sent[bot_id, chat_id], GROUP if group else CHAT))
        for log, window in logs:
            while log and moment - log[0] > window.seconds:
                log.popleft()
            if log and len(log) + messages > window.count:
                self.refused += 1
                raise too_many_requests(max(1, math.ceil(window.seconds - (moment - log[0]))))
        for log, _ in logs:
            log.extend([moment] * messages)

"""Telegram's flood limits (Bots FAQ, "My bot is hitting limits").

About one message a second to one chat, 20 a minute to one group, 30 a second in all. An edit counts as a message. How
the servers count is not public: these are the documented averages, with a short burst in a private chat.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from bot.sandbox.errors import too_many_requests
from bot.sandbox.state.clock import Clock


@dataclass(frozen=True)
class Window:
    """At most `count` calls within `seconds`."""

    count: int
    seconds: float


OVERALL = Window(30, 1.0)
CHAT = Window(3, 3.0)  # one a second on average, with the short bursts that Telegram allows
GROUP = Window(20, 60.0)
METHOD = Window(30, 60.0)  # of a method without a chat, such as setMyCommands; the number is ours


class FloodLimits:
    """Counts the calls of each bot; `enabled` is false where a test is about something else."""

    def __init__(self, clock: Clock, enabled: bool) -> None:
        self._clock = clock
        self.enabled = enabled
        self.refused = 0  # calls, since the start
        self._sent: dict[tuple[int, str], deque[float]] = defaultdict(deque)

    def check_message(self, bot_id: int, chat_id: str, messages: int = 1) -> None:
        """Count a call that sends or edits so many messages.

        Raises:
            ApiError: 429, the call exceeds a limit; it is not counted.
        """
        window = GROUP if chat_id.startswith("-") else CHAT
        self._count(bot_id, {"": OVERALL, f"chat {chat_id}": window}, messages)

    def check_method(self, bot_id: int, method: str) -> None:
        """Count a call of a method that changes the bot itself; ApiError as above."""
        self._count(bot_id, {f"method {method}": METHOD}, 1)

    def _count(self, bot_id: int, windows: dict[str, Window], calls: int) -> None:
        if not self.enabled:
            return
        moment = self._clock.monotonic()
        logs = [(self._sent[bot_id, name], window) for name, window in windows.items()]
        for log, window in logs:
            while log and moment - log[0] > window.seconds:
                log.popleft()
            if log and len(log) + calls > window.count:
                self.refused += 1
                raise too_many_requests(max(1, math.ceil(window.seconds - (moment - log[0]))))
        for log, _ in logs:
            log.extend([moment] * calls)

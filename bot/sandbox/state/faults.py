"""Trouble on demand: what a bot has to survive, made to happen.

A fault matches calls by bot, method and chat, a number of times or at a rate.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Literal

from bot.sandbox.errors import ApiError, too_many_requests
from bot.sandbox.state.accounts import Json

Kind = Literal["flood", "error", "delay", "timeout", "drop"]
KINDS: tuple[Kind, ...] = ("flood", "error", "delay", "timeout", "drop")
REASONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


@dataclass
class Fault:
    """One kind of trouble.

    flood: 429 with retry_after `seconds` · error: `status` and `description` · delay: `seconds` before the call ·
    timeout: the call takes effect, then no answer comes for `seconds` · drop: the connection is cut, with
    `stored` after the call took effect.
    """

    kind: Kind
    method: str = ""  # "" matches every method
    chat_id: int = 0  # 0 matches every chat
    bot_id: int = 0  # 0 matches every bot
    times: int = 0  # 0 is without end
    rate: float = 1.0
    seconds: float = 1.0
    status: int = 500
    description: str = ""
    stored: bool = False
    id: int = 0
    hits: int = 0

    def wire(self) -> Json:
        """The fault as the person's API shows it."""
        return asdict(self)

    def error(self) -> ApiError:
        """What the bot is told in place of the call."""
        if self.kind == "flood":
            return too_many_requests(max(1, round(self.seconds)))
        return ApiError(self.status, self.description or REASONS.get(self.status, "Internal Server Error"))


class FaultList:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self._last = 0

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on."""
        self._last += 1
        fault.id = self._last
        self.active.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> None:
        """Switch one fault off, or all."""
        self.active = [fault for fault in self.active if fault_id is not None and fault.id != fault_id]

    def hit(self, bot_id: int, method: str, chat_id: str) -> Fault | None:
        """The fault that this call meets; one that has done its number of times goes away."""
        for fault in self.active:
            if fault.method and fault.method.lower() != method.lower():
                continue
            if (fault.bot_id and fault.bot_id != bot_id) or (fault.chat_id and str(fault.chat_id) != chat_id):
                continue
            if fault.rate < 1.0 and random.random() >= fault.rate:
                continue
            fault.hits += 1
            if fault.times and fault.hits >= fault.times:
                self.remove(fault.id)
            return fault
        return None

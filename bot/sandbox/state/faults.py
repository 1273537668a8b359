"""Faults that are made to happen on demand: what a bot has to survive.

A fault matches calls by bot, method and chat, a number of times or with a probability.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Literal

from bot.sandbox import Json
from bot.sandbox.errors import ApiError, too_many_requests

Kind = Literal["flood", "error", "delay", "timeout", "drop"]
REASONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


@dataclass
class Fault:
    """One fault.

    Kinds: `flood` answers 429 with retry_after `seconds`; `error` answers `status` and `description`; `delay` waits
    `seconds` before the call, or a random time from `seconds` to `most_seconds`; `timeout` performs the call and gives
    no answer for `seconds`; `drop` closes the connection without an answer, with `stored` after the call was performed.
    """

    kind: Kind
    method: str = ""  # "" matches every method
    chat_id: int = 0  # 0 matches every chat
    bot_id: int = 0  # 0 matches every bot
    times: int = 0  # 0 is without end
    rate: float = 1.0  # the probability that a matching call meets the fault
    seconds: float = 1.0
    most_seconds: float = 0.0
    status: int = 500
    description: str = ""
    stored: bool = False
    id: int = 0
    hits: int = 0

    def to_json(self) -> Json:
        """Return the fault as the people's API shows it."""
        return asdict(self)

    def matches(self, bot_id: int, method: str, chat_id: str) -> bool:
        """Return whether the fault is meant for this call, whatever its rate."""
        return (
            self.method.lower() in ("", method.lower())
            and self.bot_id in (0, bot_id)
            and (self.chat_id == 0 or str(self.chat_id) == chat_id)
        )

    def error(self) -> ApiError:
        """Return the refusal that the bot gets in place of the call's result."""
        if self.kind == "flood":
            return too_many_requests(max(1, round(self.seconds)))
        return ApiError(self.status, self.description or REASONS.get(self.status, "Internal Server Error"))


class FaultList:
    """The faults that are switched on. A call meets all delays that match it, and one fault of another kind."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self._last_id = 0

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on, under a new id."""
        self._last_id += 1
        fault.id = self._last_id
        self.active.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> None:
        """Switch one fault off, or all."""
        self.active = [fault for fault in self.active if fault_id is not None and fault.id != fault_id]

    def meet(self, bot_id: int, method: str, chat_id: str) -> tuple[float, Fault | None]:
        """Return the seconds by which a call is delayed, and the fault of another kind that it meets; count them.

        After its last time, a fault is switched off.
        """
        delay, met = 0.0, None
        for fault in list(self.active):
            if not fault.matches(bot_id, method, chat_id) or (met is not None and fault.kind != "delay"):
                continue
            if random.random() >= fault.rate:
                continue
            fault.hits += 1
            if fault.times and fault.hits >= fault.times:
                self.remove(fault.id)
            if fault.kind == "delay":
                delay += random.uniform(fault.seconds, max(fault.seconds, fault.most_seconds))
            else:
                met = fault
        return delay, met

"""What a sandbox's log tells of the bot's calls: refusals, cut connections, and how long presses waited for the bot."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.sandbox.client import Client

READ_SECONDS = 1.0  # between two readings; the log keeps the newest thousand calls
PICTURES = ("sendPhoto", "sendDocument")
MEMBERS = ("getChatMember", "getChatAdministrators")  # asked in a group about who presses what another person asked for


@dataclass(frozen=True)
class Pressed:
    """A press of a button in a chat of this id.

    `at` is in Unix time, and `waited` the seconds until the bot's answer, None without one.
    """

    chat_id: int
    query: str
    at: float
    waited: float | None


class BotCalls:
    """The calls of the bot, counted as they come.

    Attributes:
        total: All calls that have ended.
        refused: Answers 4xx by method, status and description.
        cut: Calls whose connection was cut, by method.
        cut_pictures: Pictures that were sent though the connection was cut: each may be sent once more.
        cut_status: Status messages of which the same is true. The first of two has a name that the bot never learns.
    """

    def __init__(self) -> None:
        self.total = 0
        self.refused: Counter[str] = Counter()
        self.cut: Counter[str] = Counter()
        self.cut_pictures = self.cut_status = 0
        self._answer_delays: Counter[str] = Counter()  # seconds by query: what faults added to its answers
        self._fetch_delays: list[tuple[float, float]] = []  # when getUpdates was delayed
        self._member_delays: list[tuple[int, float, float]] = []  # in which chat, and when, getChatMember was delayed
        self._fetched: dict[str, float] = {}  # by query: when getUpdates gave it to the bot
        self._after = 0  # all calls up to this one have ended and are counted
        self._counted: set[int] = set()

    async def follow(self, person: Client) -> None:
        """Read the log for ever."""
        while True:
            await self.read(person)
            await asyncio.sleep(READ_SECONDS)

    async def read(self, person: Client) -> None:
        """Count the calls that have ended since the last reading."""
        calls = (await person.call("GET", "/api/wire", {"after": self._after}))["calls"]
        assert not calls or calls[0]["id"] == self._after + 1, "the sandbox forgot calls before they were read"
        for call in calls:
            if call["milliseconds"] and call["id"] not in self._counted:
                self._counted.add(call["id"])
                self._count(call)
        while self._after + 1 in self._counted:
            self._after += 1
            self._counted.remove(self._after)

    def _count(self, call: dict[str, Any]) -> None:
        self.total += 1
        method, status, delayed = call["method"], call["status"], call["delayed"] / 1000
        if call["fault"] == "drop":
            self.cut[method] += 1
            self.cut_pictures += method in PICTURES and status == 200
            is_status = method == "sendMessage" and "cancel:" in str(call["request"].get("reply_markup"))
            self.cut_status += is_status and status == 200
        elif status >= 400:
            self.refused[f"{method} {status} {call['response'].get('description')}"] += 1
        if method == "answerCallbackQuery":
            self._answer_delays[call["request"]["callback_query_id"]] += delayed
        elif method in MEMBERS:
            self._member_delays.append((int(call["request"]["chat_id"]), call["at"], call["at"] + delayed))
        elif method == "getUpdates":
            self._fetch_delays.append((call["at"], call["at"] + delayed))
            if call["fault"] != "drop" and status == 200:
                for update in call["response"]["result"]:
                    if "callback_query" in update:
                        self._fetched[update["callback_query"]["id"]] = call["at"] + call["milliseconds"] / 1000

    def beyond_latency(self, pressed: Pressed) -> float | None:
        """Return the seconds that an answered press waited for the bot, without the latency of the line.

        Latency is what faults added to the bot's calls: to getUpdates, from the press until the bot had it; in a group
        to the question who may press there; and to answerCallbackQuery. None: the press had no answer, or the log does
        not tell.
        """
        if pressed.waited is None or pressed.query not in self._fetched:
            return None
        fetched = self._fetched[pressed.query]
        fetching = sum(
            max(0.0, min(end, fetched) - max(begin, pressed.at)) for begin, end in self._fetch_delays if begin < fetched
        )
        answered = pressed.at + pressed.waited
        asking = max(
            (
                min(end, answered) - max(begin, fetched)
                for chat_id, begin, end in self._member_delays
                if chat_id == pressed.chat_id and fetched <= begin < answered
            ),
            default=0.0,
        )
        return pressed.waited - fetching - asking - self._answer_delays[pressed.query]

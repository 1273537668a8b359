"""How quickly photos are acknowledged while many chats are active and the worker is busy.

    python -m benchmarks.chat_load --worker engine --seconds 60

Each person sends a photo, and the next one a random while later; two make a request. An acknowledgement is the first
text that the bot sends there after a photo. Both moments are the sandbox's own: when it had the whole photo, and when
the bot's call took effect. The time from the first byte of the upload is told as well: it includes what Telegram does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import statistics
import sys
import time
from collections import defaultdict, deque
from typing import Any, get_args

from benchmarks.crowd import Worker, at_work, crowd, photo
from benchmarks.events import events
from bot.sandbox.client import Chat, Client


class Tally:
    """When photos came, and when they were acknowledged."""

    def __init__(self) -> None:
        self.begun: dict[int, float] = {}  # by message: when its upload began
        self.waits: list[float] = []
        self.whole: list[float] = []  # upload included
        self.pictures = self.refused = 0
        self.open: dict[str, deque[tuple[int, float]]] = defaultdict(deque)  # by chat: photos without an answer

    async def follow(self, person: Client) -> None:
        """Read the sandbox's events as they come."""
        async for event in events(person, 0.2):
            if event["type"] == "message":
                self._take(event["chat"], event["message"], event["at"])

    def _take(self, chat: str, message: dict[str, Any], at: float) -> None:
        if not message["from"]["is_bot"]:
            self.open[chat].append((message["message_id"], at))
        elif "photo" in message:
            self.pictures += 1
        elif self.open[chat]:
            number, came = self.open[chat].popleft()
            self.waits.append(at - came)
            self.whole.append(at - self.begun.pop(number, came))


async def chatter(chat: Chat, tally: Tally, photos: list[bytes], until: float, pause: float) -> None:
    """Send photos, with pauses, until the time is over."""
    await asyncio.sleep(random.uniform(0, pause))
    while time.monotonic() < until:
        began = time.time()
        for sent in await chat.send_photos([random.choice(photos)]):
            tally.begun[sent.id] = began
        await asyncio.sleep(random.uniform(0.7, 1.3) * pause)


async def measure(url: str, given: argparse.Namespace) -> Tally:
    """Let all of them talk; return what came of it."""
    photos, tally = [photo(seed) for seed in range(16)], Tally()
    async with crowd(url, given.chats) as people:
        chats = [await person.open() for person in people]
        following = asyncio.create_task(tally.follow(people[0]))
        until = time.monotonic() + given.seconds
        await asyncio.gather(*(chatter(chat, tally, photos, until, given.pause) for chat in chats))
        await asyncio.sleep(5)  # for the last answers
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        tally.refused = (await people[0].call("GET", "/api/settings"))["refused"]
    return tally


def spread(values: list[float]) -> str:
    """Return the middle, the 95th of a hundred and the worst, in milliseconds."""
    ordered = sorted(values)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, longest {ordered[-1] * 1000:.0f} ms"


def main() -> None:
    """Run the parts and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=200, help="how many people write to the bot")
    parser.add_argument("--seconds", type=float, default=60, help="how long they write")
    parser.add_argument("--pause", type=float, default=30, help="mean seconds between two photos of one person")
    parser.add_argument("--worker", choices=get_args(Worker), default="engine", help="who paints")
    given = parser.parse_args()
    with at_work(given.worker) as url:
        tally = asyncio.run(measure(url, given))
    lost = sum(len(photos) for photos in tally.open.values())
    sys.stdout.write(
        f"photos acknowledged  {len(tally.waits)}, without an answer {lost}\n"
        f"acknowledgement      {spread(tally.waits)}\n"
        f"upload included      {spread(tally.whole)}\n"
        f"pictures delivered   {tally.pictures}, calls answered with 429: {tally.refused}\n"
    )


if __name__ == "__main__":
    main()

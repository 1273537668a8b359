"""How quickly photos are acknowledged while many chats are active, and whether we run into Telegram's limits.

    python -m benchmarks.chat_load --chats 200 --seconds 120

A sandbox that enforces Telegram's flood limits and the chat side of the bot run as processes of their own; a player in
the engine's place keeps the worker busy with progress and previews. Each person sends a photo, waits for the answer,
and sends the next one a random while later. Times are taken from the sandbox's journal of calls.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image

from bot.demo.person import Chat, Person

TOKEN = "1000000009:AAEvitrage-load-token-0123456789abcdef"  # noqa: S105 - the sandbox takes any
PAINTING = 2.0  # seconds that the player needs for a picture
SIZE = (1280, 853)  # as a phone's messenger sends photos


def photo(seed: int) -> bytes:
    """Return a photo-like JPEG."""
    buffer = io.BytesIO()
    noise = Image.effect_noise((80, 54), 90 + seed % 60).resize(SIZE, Image.Resampling.BICUBIC)
    noise.convert("RGB").save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


async def serve(url: str, folder: Path) -> None:
    """Be the chat side of the bot, with a player for an engine, until killed."""
    from bot.chat.context import Limits
    from bot.jobs.sqlite import open_sqlite
    from tests.chat.stage import answering

    async with open_sqlite(folder / "db", folder / "blobs") as stores:
        limits = Limits(queued=100, depth=10_000)
        async with answering(url, stores, token=TOKEN, limits=limits):
            players = [play(stores, f"player{number}") for number in range(4)]
            await asyncio.gather(*players)


async def play(stores: Any, name: str) -> None:
    """Take jobs, tell of progress, hand in a picture."""
    picture = photo(1)
    while True:
        job = await stores.jobs.claim(name)
        if job is None:
            await stores.jobs.wait("work", 0.2)
            continue
        for step in range(1, 5):
            await asyncio.sleep(PAINTING / 4)
            preview = await stores.blobs.put(picture)
            await stores.jobs.record_progress(job, step / 4, PAINTING * (1 - step / 4), preview)
        await stores.jobs.complete(job, await stores.blobs.put(picture), {"size": SIZE, "seconds": PAINTING}, PAINTING)


class Tally:
    """What was sent when, and what the journal says of the answers."""

    def __init__(self) -> None:
        self.sent: dict[int, list[float]] = {}  # by chat: moments at which photos were sent and not answered yet
        self.waits: list[float] = []
        self.refused = self.calls = self.pictures = 0
        self._last = 0

    def read(self, calls: list[dict[str, Any]]) -> None:
        """Take in new calls of the journal."""
        for call in calls:
            self._last = max(self._last, call["id"])
            if not call["status"]:
                continue
            self.calls += 1
            self.refused += call["status"] == 429
            self.pictures += call["method"] == "sendPhoto" and call["status"] == 200
            chat = int(call["request"].get("chat_id", 0))
            if call["method"] == "sendMessage" and self.sent.get(chat):
                done = call["at"] + call["milliseconds"] / 1000
                self.waits.append(max(0.0, done - self.sent[chat].pop(0)))

    async def follow(self, person: Person) -> None:
        """Read the journal as it grows."""
        while True:
            self.read((await person.call("GET", "/api/wire", {"after": self._last}))["calls"])
            await asyncio.sleep(0.5)


async def chatter(chat: Chat, tally: Tally, number: int, until: float, pause: float) -> None:
    """Send photos, with pauses, until the time is over."""
    await asyncio.sleep(random.uniform(0, pause))
    while time.monotonic() < until:
        await chat.send_photos([photo(number)])  # until Telegram has it: the upload is not ours
        tally.sent.setdefault(chat.person.id, []).append(time.time())
        await asyncio.sleep(random.uniform(0.7, 1.3) * pause)


async def measure(url: str, chats: int, seconds: float, pause: float) -> Tally:
    """Let all of them talk, and return what came of it."""
    tally, people = Tally(), [Person(url, f"P{number}") for number in range(chats)]
    for person in people:
        await person.__aenter__()
    try:
        await people[0].call("PATCH", "/api/settings", {"limits": True})
        opened = [await person.open() for person in people]
        following = asyncio.create_task(tally.follow(people[0]))
        until = time.monotonic() + seconds
        await asyncio.gather(*(chatter(chat, tally, n, until, pause) for n, chat in enumerate(opened)))
        await asyncio.sleep(5)
        following.cancel()
        return tally
    finally:
        for person in people:
            await person.__aexit__(None, None, None)


def main() -> None:
    """Run the parts and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pause", type=float, default=30, help="mean seconds between two photos of one person")
    parser.add_argument("--serve", nargs=2, metavar=("URL", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.serve[0], Path(given.serve[1])))
        return
    sandbox = subprocess.Popen([sys.executable, "-m", "bot.sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert sandbox.stdout is not None
    found = re.search(r"http://\S+", sandbox.stdout.readline())
    assert found is not None, "the sandbox did not print its URL"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.chat_load", "--serve", found[0], folder]
        bot = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            report(asyncio.run(measure(found[0], given.chats, given.seconds, given.pause)))
        finally:
            bot.kill()
            bot.wait()
            sandbox.kill()
            sandbox.wait()


def report(tally: Tally) -> None:
    """Print the figures."""
    waits = sorted(tally.waits)
    lost = sum(len(moments) for moments in tally.sent.values())
    p50, p95 = statistics.median(waits), waits[int(len(waits) * 0.95)]
    sys.stdout.write(
        f"photos acknowledged   {len(waits)}, without an answer {lost}\n"
        f"acknowledgement       p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms\n"
        f"pictures delivered    {tally.pictures}\n"
        f"calls of the Bot API  {tally.calls}, answered with 429: {tally.refused}\n"
    )


if __name__ == "__main__":
    main()

"""The parts of a load: a sandbox that keeps to Telegram's limits and the bot as processes, and people in between."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from bot.sandbox.client import Person
from bot.storage.protocols import Stores
from tests.support.program import Program

TOKEN = "1000000009:AAEvitrage-load-token-0123456789abcdef"  # noqa: S105 - the sandbox takes any
SIZE = (1280, 853)  # as a phone's messenger sends photos
PLAYERS = 4
NO_LIMITS = {"max_queued": 1000, "max_queued_group": 10_000, "max_per_day": 10_000, "max_depth": 10_000}

Worker = Literal["player", "engine"]


def photo(seed: int) -> bytes:
    """Return a photo-like JPEG."""
    buffer = io.BytesIO()
    noise = Image.effect_noise((80, 54), 90 + seed % 60).resize(SIZE, Image.Resampling.BICUBIC)
    noise.convert("RGB").save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@contextmanager
def at_work(worker: Worker, painting: float = 2.0) -> Iterator[str]:
    """Run a sandbox and the bot; yields the sandbox's URL.

    With the engine it is `vitrage run` as it is, whose child paints sketches on all cores. With the player it is the
    chat side alone, and four players who need so many seconds for a picture: there is more to tell of.
    """
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), token=TOKEN, **{name: str(value) for name, value in NO_LIMITS.items()})
        player: subprocess.Popen[bytes] | None = None
        try:
            if worker == "engine":
                program.start_bot()
            else:
                command = [sys.executable, "-m", "benchmarks.crowd", program.url, folder, str(painting)]
                player = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            yield program.url
        finally:
            if player is not None:
                player.kill()
                player.wait()
            program.close()


async def play(url: str, folder: Path, painting: float) -> None:
    """Be the chat side of the bot, with players for an engine, until killed."""
    from bot.chat.context import Limits
    from bot.storage.sqlite import open_sqlite
    from tests.support.chat_harness import answering

    limits = Limits(*(NO_LIMITS[name] for name in ("max_queued", "max_queued_group", "max_per_day", "max_depth")))
    async with (
        open_sqlite(folder / "db", folder / "blobs") as stores,
        answering(url, stores, token=TOKEN, limits=limits),
        asyncio.TaskGroup() as players,
    ):
        for number in range(PLAYERS):
            players.create_task(_paint(stores, f"player{number}", painting))


async def _paint(stores: Stores, name: str, painting: float) -> None:
    """Take jobs, tell of progress, hand in the content as the picture: it tells whose it is."""
    while True:
        job = await stores.work.claim(name)
        if job is None:
            await stores.jobs.wait("work", 0.2)
            continue
        picture = await stores.blobs.get(job.content)
        for step in range(1, 5):
            await asyncio.sleep(painting / 4)
            preview = await stores.blobs.put(picture)
            await stores.work.record_progress(job, step / 4, painting * (1 - step / 4), preview)
        report: dict[str, Any] = {"size": SIZE, "seconds": painting}
        await stores.work.complete(job, await stores.blobs.put(picture), report, painting)


@asynccontextmanager
async def crowd(url: str, count: int) -> AsyncIterator[list[Person]]:
    """So many people, before a sandbox that keeps to Telegram's limits."""
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(Person(url, f"P{number}")) for number in range(count)]
        await people[0].call("PATCH", "/api/settings", {"limits": True})
        yield people


if __name__ == "__main__":
    asyncio.run(play(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])))

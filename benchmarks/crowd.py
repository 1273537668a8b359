"""The parts of a load test: a sandbox with Telegram's flood limits, the bot, and people who write to it.

    python -m benchmarks.crowd URL FOLDER SECONDS

As a program it is the bot without an engine, which the load tests start as a process of its own: it connects to the
sandbox at URL, keeps its data in FOLDER, and returns the content picture after SECONDS in the place of a painted one.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from bot.sandbox.client import Client
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

    Args:
        worker: `engine`: `vitrage run`, whose engine paints sketches on all cores. `player`: the chat side alone, with
            `PLAYERS` workers that return the content picture, so that more pictures are delivered in the same time.
        painting: Seconds that a player takes for a picture.
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
    """Run the chat side of the bot, with players in the place of the engine, until killed."""
    from bot.chat.context import Quotas
    from bot.storage.sqlite import open_sqlite
    from tests.support.chat_harness import run_chat_on

    quotas = Quotas(*(NO_LIMITS[name] for name in ("max_queued", "max_queued_group", "max_per_day", "max_depth")))
    async with (
        open_sqlite(folder / "db", folder / "blobs") as stores,
        run_chat_on(url, stores, token=TOKEN, quotas=quotas),
        asyncio.TaskGroup() as players,
    ):
        for number in range(PLAYERS):
            players.create_task(_paint(stores, f"player{number}", painting))


async def _paint(stores: Stores, name: str, painting: float) -> None:
    """Work off jobs: report progress, and return the content as the result, which shows whose picture it is."""
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
async def crowd(url: str, count: int) -> AsyncIterator[list[Client]]:
    """Connect `count` people to a sandbox, and switch its flood limits on; yields the people."""
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(Client(url, f"P{number}")) for number in range(count)]
        await people[0].call("PATCH", "/api/settings", {"limits": True})
        yield people


def main() -> None:
    """Read the arguments and be the bot until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="of the sandbox")
    parser.add_argument("folder", type=Path, help="for the database and the picture files")
    parser.add_argument("seconds", type=float, help="from taking a job to handing in its picture")
    given = parser.parse_args()
    logging.getLogger("telegram.ext.Updater").setLevel(logging.CRITICAL)  # lines that are cut on purpose
    asyncio.run(play(given.url, given.folder, given.seconds))


if __name__ == "__main__":
    main()

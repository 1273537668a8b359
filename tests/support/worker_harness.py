"""A dispatcher at work on real stores and with a real child process, in which only the engine is fake."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image

from bot.storage.models import Job, Recipe, State
from bot.storage.protocols import Stores
from bot.worker.dispatcher import Dispatcher
from bot.worker.job_run import Timeouts
from tests.support.jobs import enqueue, eventually

QUICK = Timeouts(
    beat=0.05,
    poll=0.02,
    look=0.05,
    record=0.05,
    stop=0.4,
    shutdown=2.0,
    unavailable=0.05,
    retries=(0.01, 0.01, 0.01),
    pauses=(0.02, 0.05),
)
LONG: dict[str, Any] = {"steps": 2000, "pause": 0.02}  # a script of a picture that takes far longer than any test
ENDED = {State.RENDERED, State.DELIVERED, State.FAILED, State.CANCELLED}


def script(**acts: Any) -> bytes:
    """Return a content picture that tells the fake engine what to do, see `tests.support.fake_engine_child.stylize`."""
    return json.dumps(acts).encode()


def size_of(picture: bytes) -> tuple[int, int]:
    """Return width and height of a picture."""
    with Image.open(io.BytesIO(picture)) as image:
        return image.size


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class WorkerHarness:
    """The stores of one test, and the command that starts its engine child."""

    def __init__(self, stores: Stores, folder: Path) -> None:
        self.stores = stores
        self.folder = folder
        self.command = [sys.executable, "-m", "tests.support.fake_engine_child", str(folder)]

    @asynccontextmanager
    async def working(self, timeouts: Timeouts = QUICK, *, name: str = "engine") -> AsyncIterator[Dispatcher]:
        """Run a dispatcher during the block; none of its children is left."""
        stop = asyncio.Event()
        dispatcher = Dispatcher(
            self.stores.work, self.stores.blobs, self.command, name=name, timeouts=timeouts, rng=Random(1)
        )
        task = asyncio.create_task(dispatcher.run(stop))
        try:
            yield dispatcher
        finally:
            stop.set()
            async with asyncio.timeout(30):
                await task
        assert not [pid for pid in self.pids() if is_alive(pid)]

    def pids(self) -> list[int]:
        """Return the process ids of all children so far, the latest last."""
        file = self.folder / "pids"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def runs(self) -> list[list[Any]]:
        """Return what was asked of the fake engine: preset, size, style scale, width of the start picture or seed.

        Behind these, the width of each mask.
        """
        return [json.loads(line) for line in (self.folder / "runs").read_text().splitlines()]

    def kill(self) -> None:
        """Kill the child in service, as the kernel does when memory runs out."""
        os.kill(self.pids()[-1], signal.SIGKILL)

    async def ask(self, key: str = "u1", **acts: Any) -> Job:
        """Queue a job with a script for the fake engine."""
        return await enqueue(self.stores, key, content=script(**acts), recipe=Recipe("sketch"))

    async def now(self, job: Job) -> Job:
        """Read a job again."""
        found = await self.stores.jobs.get(job.id)
        assert found is not None
        return found

    async def progressed(self, job: Job) -> None:
        """Wait until some progress of the job is recorded."""

        async def seen() -> bool:
            return (await self.now(job)).progress > 0

        await eventually(seen)

    async def previewed(self, job: Job, *, sketched: bool) -> None:
        """Wait until the job has a preview from before or after the end of the sketch."""

        async def seen() -> bool:
            now = await self.now(job)
            return now.preview is not None and now.sketched is sketched

        await eventually(seen)

    async def ended(self, job: Job, *, within: float = 20.0) -> Job:
        """Wait until the job has ended, and return it."""

        async def over() -> bool:
            return (await self.now(job)).state in ENDED

        await eventually(over, within=within)
        return await self.now(job)

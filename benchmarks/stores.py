"""How long the steps of a job take in the stores, on SQLite and PostgreSQL side by side.

    python -m benchmarks.stores [--jobs 500] [--waiting 0] [--url postgresql://…]

A job is queued with two pictures of 100 KB, claimed, has its progress recorded with a preview of 30 KB, and is
completed with a picture of 300 KB. Without a URL a PostgreSQL server is started from the installed binaries; it is as
durable as by default.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import quantiles
from typing import TypeVar

from bot.storage.databases import open_stores
from bot.storage.models import Address, NewJob, Recipe
from bot.storage.protocols import Stores
from tests.support.postgres import server

T = TypeVar("T")

PHOTO, PREVIEW, PICTURE = os.urandom(100_000), os.urandom(30_000), os.urandom(300_000)
STEPS = ("put", "enqueue", "claim", "progress", "complete", "deliver")


class Stopwatch:
    """Notes the milliseconds of each step."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {step: [] for step in STEPS}

    async def time(self, step: str, call: Awaitable[T]) -> T:
        """Note how long a call takes; return its result."""
        began = time.perf_counter()
        result = await call
        self.taken[step].append((time.perf_counter() - began) * 1000)
        return result

    def line(self, step: str) -> str:
        """Return p50, p95 and p99 of a step as columns."""
        percents = quantiles(self.taken[step], n=100)
        return "".join(f"{percents[percent - 1]:8.2f}" for percent in (50, 95, 99))


async def queue(stores: Stores, number: int, watch: Stopwatch) -> None:
    """Queue one job of a user of its own."""
    content, style = [await watch.time("put", stores.blobs.put(PHOTO)) for _ in range(2)]
    new = NewJob(
        dedup_key=f"update:{number}",
        address=Address(number, None, number),
        message_id=1,
        language="en",
        recipe=Recipe(),
        content=content,
        styles=(style,),
    )
    await watch.time("enqueue", stores.jobs.enqueue(new))


async def paint(stores: Stores, watch: Stopwatch) -> None:
    """Do with the next job what a worker and the chat do."""
    job = await watch.time("claim", stores.work.claim("benchmark"))
    assert job is not None
    preview = await stores.blobs.put(PREVIEW)
    await watch.time("progress", stores.work.record_progress(job, 0.5, 1.0, preview))
    picture = await stores.blobs.put(PICTURE)
    await watch.time("complete", stores.work.complete(job, picture, {"size": [512, 384]}, 1.0))
    await watch.time("deliver", stores.deliveries.finish(job.id))


async def measure(url: str, folder: Path, jobs: int, waiting: int) -> Stopwatch:
    """Take jobs through a queue in which so many others wait."""
    watch = Stopwatch()
    async with open_stores(url, folder / "blobs") as stores:
        for number in range(waiting):
            await queue(stores, number, Stopwatch())
        for number in range(waiting, waiting + jobs):
            await queue(stores, number, watch)
            await paint(stores, watch)
    return watch


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=500, help="jobs that are measured")
    parser.add_argument("--waiting", type=int, default=0, help="jobs that wait besides")
    parser.add_argument("--url", help="an empty PostgreSQL database")
    asked = parser.parse_args()

    def measured(url: str, folder: Path) -> Stopwatch:
        return asyncio.run(measure(url, folder, asked.jobs, asked.waiting))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sqlite = measured(f"sqlite:///{folder / 'vitrage.db'}", folder)
        postgres = on_postgres(asked.url, lambda url: measured(url, folder))
    lines = ["p50, p95 and p99 in milliseconds", f"{'':10}{'SQLite':>24}{'PostgreSQL':>30}"]
    lines += [f"{step:10}{sqlite.line(step)}      {postgres.line(step)}" for step in STEPS]
    sys.stdout.write("\n".join([*lines, ""]))


def on_postgres(url: str | None, measured: Callable[[str], Stopwatch]) -> Stopwatch:
    """Measure the database that is given, or one of a server that is started for it."""
    if url is not None:
        return measured(url)
    with server(durable=True) as running:
        return measured(running.url("postgres"))


if __name__ == "__main__":
    main()

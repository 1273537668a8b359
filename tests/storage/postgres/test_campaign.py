"""Ten thousand jobs through one database, by eight worker processes at the same time."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import pairwise
from statistics import quantiles
from typing import Any

import pytest

from bot.storage.models import Address
from bot.storage.postgres import open_postgres
from tests.support.figures import Figures
from tests.support.jobs import enqueue
from tests.support.postgres import server

JOBS, USERS, WORKERS = 10_000, 300, 8


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_ten_thousand_jobs_by_eight_workers(record_property: Figures) -> None:
    """None is lost, none is painted twice, and never do two of one user run, while half of them are queued."""
    with server(durable=True) as running:
        url = running.url("postgres")
        async with open_postgres(url) as stores:
            content = await stores.blobs.put(b"cat")
            workers, enqueued = [], []
            for number in range(JOBS):
                if number == JOBS // 2:  # the other half is queued while they work
                    workers = [await _worker(url, f"w{name}") for name in range(WORKERS)]
                address = Address(number % USERS, None, number % USERS)
                enqueuing = time.monotonic()
                await enqueue(stores, f"u{number}", address=address, styles=(content,))
                enqueued.append(time.monotonic() - enqueuing)
            done = [run for worker in workers for run in json.loads((await worker.communicate())[0])]
            tally = await stores.jobs.tally()
    seconds = max(run["ends"] for run in done) - min(run["from"] for run in done)
    record_property("jobs a second", round(JOBS / seconds))
    record_property("ms to store a photo and queue its job", _percentiles(enqueued[JOBS // 2 :]))
    record_property("ms to claim", _percentiles([run["claim"] for run in done]))
    record_property("ms to store a picture and complete", _percentiles([run["end"] for run in done]))
    completed = Counter(run["job"] for run in done if run["completed"])
    record_property("jobs lost", JOBS - len(completed))
    record_property("jobs done twice", completed.total() - len(completed))
    record_property("jobs of one user at once", len(_overlaps(done)))
    assert set(completed) == set(range(1, JOBS + 1))
    assert set(completed.values()) == {1}
    assert (tally["queued"], tally["running"]) == (0, 0)
    assert not _overlaps(done)


async def _worker(url: str, name: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "tests.support.claimer", url, name]
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)


def _overlaps(done: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the pairs of one user's runs of which the second was claimed before the first began to end."""
    runs: dict[int, list[dict[str, Any]]] = {}
    for run in sorted(done, key=lambda run: float(run["from"])):
        runs.setdefault(run["user"], []).append(run)
    # A claim returns after it was committed, and a completion after the next claim may have been committed.
    return [(a, b) for each in runs.values() for a, b in pairwise(each) if b["from"] < a["ends"]]


def _percentiles(seconds: list[float]) -> str:
    """Return the 50th, 95th and 99th of a hundred, in milliseconds."""
    percents = quantiles(seconds, n=100)
    return "p50 {:.1f}, p95 {:.1f}, p99 {:.1f}".format(*(percents[percent - 1] * 1000 for percent in (50, 95, 99)))

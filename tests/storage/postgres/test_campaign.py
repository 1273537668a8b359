"""Ten thousand jobs through one database, by eight worker processes at the same time."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from bot.storage.models import Address
from bot.storage.postgres import open_postgres
from tests.support.jobs import enqueue
from tests.support.postgres import server

JOBS, USERS, WORKERS = 10_000, 300, 8


@pytest.mark.slow
@pytest.mark.timeout(1800)
async def test_ten_thousand_jobs_by_eight_workers() -> None:
    """None is lost, none is painted twice, and never do two of one user run, while half of them are queued."""
    with server(durable=True) as running:
        url = running.url("postgres")
        async with open_postgres(url) as stores:
            content = await stores.blobs.put(b"cat")
            workers = []
            for number in range(JOBS):
                if number == JOBS // 2:  # the other half is queued while they work
                    workers = [await _worker(url, f"w{name}") for name in range(WORKERS)]
                    began = time.monotonic()
                address = Address(number % USERS, None, number % USERS)
                await enqueue(stores, f"u{number}", address=address, styles=(content,))
            done = [run for worker in workers for run in json.loads((await worker.communicate())[0])]
            seconds = time.monotonic() - began
            tally = await stores.jobs.tally()
    _show(done, seconds)
    completed = Counter(run["job"] for run in done if run["completed"])
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


def _show(done: list[dict[str, Any]], seconds: float) -> None:
    claims = sorted(run["claim"] * 1000 for run in done)
    p50, p95, p99 = (claims[int(len(claims) * part)] for part in (0.5, 0.95, 0.99))
    print(  # noqa: T201 - the figures
        f"{len(done)} runs in {seconds:.0f} s, {len(done) / seconds:.0f} a second; "
        f"claim p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms"
    )

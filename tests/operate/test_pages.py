"""Metrics and probes, asked over HTTP; the queue and the painter's process are real."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from typing_extensions import override

from bot import meters
from bot.operate import pages, server
from bot.storage.errors import StoreFullError
from bot.storage.models import Job
from bot.storage.protocols import JobStore
from bot.storage.sqlite import open_sqlite
from tests.support.fakes import FakeJobStore
from tests.support.jobs import enqueue
from tests.support.worker_harness import WorkerHarness

Part = Callable[[], Awaitable[bool]]


class BrokenJobStore(FakeJobStore):
    """The queue on a full disk."""

    @override
    async def tally(self) -> dict[str, int]:
        raise StoreFullError

    @override
    async def get(self, job_id: int) -> Job | None:
        raise StoreFullError


async def well() -> bool:
    """A part that is ready."""
    return True


async def ill() -> bool:
    """A part that is not."""
    return False


async def silent() -> bool:
    """A part that never answers."""
    await asyncio.Event().wait()
    return True


@asynccontextmanager
async def shown(jobs: JobStore, **parts: Part) -> AsyncIterator[str]:
    """Serve the pages; gives their URL."""
    stop = asyncio.Event()
    listening = server.listen("127.0.0.1", 0, "VITRAGE_METRICS")
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    serving = asyncio.create_task(server.serve(pages.build(jobs, parts), listening, stop))
    try:
        yield url
    finally:
        stop.set()
        await serving


async def get(url: str) -> httpx.Response:
    """Ask for a page."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(url)


async def scrape(url: str) -> dict[str, float]:
    """Return the metrics as Prometheus reads them, by name and labels."""
    families = text_string_to_metric_families((await get(f"{url}/metrics")).text)
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
        if family.name.startswith("vitrage_")
    }


async def test_what_happens_to_jobs_is_counted(tmp_path: Path) -> None:
    """One job is painted at the second attempt, one is given up, one waits."""
    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores, shown(stores.jobs) as url:
        before = await scrape(url)
        worker = WorkerHarness(stores, tmp_path)
        async with worker.working():
            painted = await worker.ask(name="once", failures=1, failure="engine")
            unreadable = await worker.ask("u2", failures=9, failure="image")
            await worker.ended(painted)
            await worker.ended(unreadable)
        await enqueue(stores, "u3")
        after = await scrape(url)
    new = {name: value - before.get(name, 0.0) for name, value in after.items()}
    assert new["vitrage_attempts_total"] == 3
    assert new["vitrage_retries_total error"] == 1
    assert new["vitrage_failures_total bad_image"] == 1
    assert new["vitrage_stage_seconds_count paint"] == 1
    assert new["vitrage_stage_seconds_count wait"] == 2
    assert (after["vitrage_jobs queued"], after["vitrage_jobs running"]) == (1, 0)
    assert 0 <= after["vitrage_oldest_wait_seconds"] < 60
    assert after["vitrage_memory_bytes self"] > 10e6


@pytest.mark.parametrize(
    ("jobs", "telegram", "painter", "missing"),
    [
        (FakeJobStore(), well, well, []),
        (BrokenJobStore(), well, well, ["database"]),
        (FakeJobStore(), ill, well, ["telegram"]),
        (FakeJobStore(), silent, ill, ["telegram", "painter"]),
    ],
)
async def test_readiness_names_the_parts_that_are_missing(
    monkeypatch: pytest.MonkeyPatch, jobs: JobStore, telegram: Part, painter: Part, missing: list[str]
) -> None:
    """503 while one is; the event loop is alive all the time."""
    if missing:
        monkeypatch.setattr(pages, "PATIENCE", 0.1)
    async with shown(jobs, telegram=telegram, painter=painter) as url:
        ready = await get(f"{url}/readyz")
        assert ready.status_code == (503 if missing else 200)
        assert [part for part, is_ready in ready.json().items() if not is_ready] == missing
        assert (await get(f"{url}/healthz")).text == "ok"


async def test_counters_begin_at_zero() -> None:
    """Else the first event of its kind would be none to Prometheus, which compares two values."""
    meters.count_call("sendSticker")
    async with shown(FakeJobStore()) as url:
        metrics = await scrape(url)
    for name in ("failures_total crashed", "retries_total death", "deliveries_total nobody"):
        assert f"vitrage_{name}" in metrics
    assert "vitrage_store_errors_total StoreReadOnlyError" in metrics
    assert metrics["vitrage_telegram_errors_total sendSticker RetryAfter"] == 0


async def test_metrics_are_shown_while_the_database_is_away() -> None:
    """What only the database knows is not-a-number, not an old value."""
    async with shown(BrokenJobStore()) as url:
        metrics = await scrape(url)
    assert math.isnan(metrics["vitrage_jobs queued"])
    assert math.isnan(metrics["vitrage_oldest_wait_seconds"])
    assert metrics["vitrage_memory_bytes self"] > 10e6


def test_an_address_that_is_taken_is_named() -> None:
    """In one sentence that says what to do."""
    with server.listen("127.0.0.1", 0, "VITRAGE_METRICS") as taken:
        port = taken.getsockname()[1]
        with pytest.raises(server.AddressError, match=rf"VITRAGE_METRICS=127\.0\.0\.1:{port} .* choose another port"):
            server.listen("127.0.0.1", port, "VITRAGE_METRICS")

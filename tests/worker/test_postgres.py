"""A worker whose PostgreSQL server goes away while a picture is painted."""

from __future__ import annotations

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from bot.storage.models import State
from bot.storage.postgres import open_postgres
from bot.storage.protocols import Stores
from tests.support.jobs import database_of, eventually
from tests.support.postgres import server
from tests.support.worker_harness import WorkerHarness


async def last_beat(stores: Stores) -> float:
    """Return when the worker last said that it lives."""
    row = await database_of(stores).transaction(lambda t: t.row("SELECT seen_at FROM worker"))
    assert row is not None
    return float(row["seen_at"])


async def test_a_server_that_restarts_costs_neither_picture_nor_attempt(tmp_path: Path) -> None:
    """It ends as in a crash; the picture is painted on, kept until it can be recorded, and the next job follows."""
    with server(durable=True) as running:
        async with open_postgres(running.url("postgres")) as stores:
            worker = WorkerHarness(stores, tmp_path)
            async with worker.working(name="w"):
                job = await worker.ask(steps=30, pause=0.02)
                await worker.progressed(job)
                with capture_logs() as logs:
                    running.stop()

                    async def waiting() -> bool:
                        return any(entry["event"] in ("job_not_read", "store_unavailable") for entry in logs)

                    await eventually(waiting)
                    await asyncio.to_thread(running.start)
                ended = await worker.ended(job)
                following = await worker.ended(await worker.ask("u2"))
                before = await last_beat(stores)

                async def beats_again() -> bool:
                    return await last_beat(stores) > before

                await eventually(beats_again)
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)
    assert following.state == State.RENDERED

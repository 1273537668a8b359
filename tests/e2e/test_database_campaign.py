"""One bot and two workers on PostgreSQL, which restarts and freezes while people ask for pictures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from functools import partial
from pathlib import Path

import pytest

from tests.support.campaign import REFUSED, Requests, people
from tests.support.figures import Figures
from tests.support.hosts import Host
from tests.support.jobs import eventually
from tests.support.postgres import Server, server
from tests.support.program import Program, until

PEOPLE = 4
SECONDS = 20.0  # for which the server is away: longer than a bot without it may answer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), *REFUSED]


@pytest.fixture
async def postgres() -> AsyncIterator[Server]:
    """A server that survives a crash."""
    with server(durable=True) as running:
        yield running


@pytest.mark.parametrize("fault", ["away", "frozen"])
async def test_pictures_come_though_the_database_fails(
    tmp_path: Path, postgres: Server, photos: list[bytes], record_property: Figures, fault: str
) -> None:
    """Those that are painted when it fails, and those that are asked for meanwhile: each is answered."""
    url = postgres.url("postgres")
    program = Program(tmp_path, "none", database=url)
    async with AsyncExitStack() as stack:
        stack.callback(program.close)
        await asyncio.to_thread(program.start_bot)
        workers = [stack.enter_context(closing(Host(tmp_path / name, url))) for name in ("first", "second")]
        chats, requests = await stack.enter_async_context(people(program.url, PEOPLE)), Requests(photos)
        await requests.ask(chats)
        for worker in workers:
            await asyncio.to_thread(until, partial(worker.logged, "job_claimed"), "it paints")
        with postgres.away() if fault == "away" else postgres.frozen():
            await requests.ask(chats)
            await asyncio.sleep(SECONDS)
        back, before = time.monotonic(), sum(await requests.copies())

        async def goes_on() -> bool:
            return sum(await requests.copies()) > before

        await eventually(goes_on, within=120.0)
        seconds = time.monotonic() - back
        record_property(f"seconds until the next picture, once it is no longer {fault}", round(seconds, 1))
        await eventually(requests.all_answered, within=120.0)
        copies = await requests.copies()
        record_property("requests", len(copies))
        record_property("second copies", sum(copies) - len(copies))
        states = postgres.run("SELECT state, attempt, count(*) FROM job GROUP BY state, attempt")
        assert states == [("delivered", 1, len(copies))]
        assert max(copies) <= 2
        assert seconds < 30

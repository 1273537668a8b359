"""Of several processes one answers for the bot of a database."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest

from bot.storage.databases import active_bot
from bot.storage.postgres import active
from tests.support.jobs import eventually

HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active, "LOOK", 0.02)


async def test_a_second_process_stands_by_and_takes_over(postgres_url: str) -> None:
    """It waits while the first one answers, and no longer."""
    stops, took = asyncio.Event(), asyncio.Event()

    async def second() -> None:
        async with active_bot(postgres_url, asyncio.Event()):
            took.set()

    async with active_bot(postgres_url, stops) as over:
        standing_by = asyncio.create_task(second())
        await asyncio.sleep(10 * active.LOOK)
        assert not took.is_set()
        assert not over.is_set()
        stops.set()
        await asyncio.wait_for(over.wait(), 30)
    await asyncio.wait_for(standing_by, 30)


async def test_one_that_stands_by_can_be_stopped(postgres_url: str) -> None:
    """It waits for nothing then, and must not answer."""
    stop = asyncio.Event()
    async with active_bot(postgres_url, asyncio.Event()) as over:
        asyncio.get_running_loop().call_later(5 * active.LOOK, stop.set)
        async with asyncio.timeout(30), active_bot(postgres_url, stop) as other:
            assert other.is_set()
        assert not over.is_set()


async def test_a_lost_connection_is_made_again(postgres_url: str) -> None:
    """Nobody else took the lock meanwhile: the bot goes on answering."""
    with psycopg.connect(postgres_url, autocommit=True) as operator:
        async with active_bot(postgres_url, asyncio.Event()) as over:
            [(first,)] = operator.execute(HOLDERS).fetchall()
            operator.execute("SELECT pg_terminate_backend(%s)", (first,))

            async def held_again() -> bool:
                return [pid for (pid,) in operator.execute(HOLDERS).fetchall()] not in ([], [first])

            await eventually(held_again)
            assert not over.is_set()


async def test_who_has_lost_the_lock_to_another_is_told(postgres_url: str) -> None:
    """The connection was lost, and another process was quicker."""
    with psycopg.connect(postgres_url, autocommit=True) as other, psycopg.connect(postgres_url) as waiting:
        async with active_bot(postgres_url, asyncio.Event()) as over:
            [(first,)] = other.execute(HOLDERS).fetchall()
            waiter = asyncio.create_task(asyncio.to_thread(waiting.execute, active.TAKE.replace("try_", "")))

            async def queued() -> bool:
                return bool(other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())

            await eventually(queued)
            other.execute("SELECT pg_terminate_backend(%s)", (first,))
            await waiter
            await asyncio.wait_for(over.wait(), 30)


async def test_a_server_that_is_away_for_long_ends_the_turn(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may have the lock when the line is back."""
    monkeypatch.setattr(active, "GRACE", 0.0)
    with psycopg.connect(postgres_url, autocommit=True) as operator:
        async with active_bot(postgres_url, asyncio.Event()) as over:
            operator.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
            await asyncio.wait_for(over.wait(), 30)


async def test_a_host_that_was_frozen_does_nothing_more(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks is told so at once, before the server was asked."""
    async with active_bot(postgres_url, asyncio.Event()) as over:
        assert not over.is_set()
        later = time.monotonic() + 3600
        monkeypatch.setattr(time, "monotonic", lambda: later)
        assert over.is_set()
        monkeypatch.undo()
        await asyncio.wait_for(over.wait(), 30)

"""What the database must withstand: lost connections, cancelled callers, transactions that wait for each other."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import psycopg
import pytest
from structlog.testing import capture_logs

from bot.storage.errors import StoreReadOnlyError, StoreUnreachableError
from bot.storage.postgres import database, open_postgres
from bot.storage.postgres.failures import store_error
from bot.storage.protocols import Stores
from bot.storage.sql.database import Transaction
from tests.support.jobs import cancel_everywhere, database_of, enqueue, eventually
from tests.support.postgres import OTHERS, Server, read


async def test_sessions_hold_nothing_up_for_long(stores: Stores) -> None:
    """A lock is waited for, and a transaction left open, for seconds; statements see what others have committed."""
    limits = "name IN ('lock_timeout', 'idle_in_transaction_session_timeout')"
    settings = f"SELECT setting FROM pg_settings WHERE {limits} ORDER BY setting"  # noqa: S608 - made of constants
    rows = await database_of(stores).transaction(lambda t: t.rows(settings))
    assert [row["setting"] for row in rows] == ["10000", "5000"]


async def test_a_lost_connection_is_replaced(stores: Stores, observer: psycopg.AsyncConnection) -> None:
    """The next calls succeed on new ones, and news are heard again."""
    job = await enqueue(stores, "u1")
    await asyncio.gather(*(stores.jobs.get(job.id) for _ in range(20)))
    await observer.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}".encode())
    assert await stores.jobs.get(job.id) == job
    assert (await enqueue(stores, "u2")).id == job.id + 1
    listening = f"SELECT 1 {OTHERS} AND query LIKE 'LISTEN%'"

    async def heard_again() -> bool:
        return bool(await read(observer, listening))

    await eventually(heard_again)


async def test_a_frozen_connection_is_given_up(
    stores: Stores, observer: psycopg.AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that takes a statement and never answers, while its cable and its process are there: another one is used."""
    monkeypatch.setattr(database, "ANSWER", 0.2)
    await stores.updates.receive(1, "x")
    frozen = [pid for [pid] in await read(observer, f"SELECT pid {OTHERS}")]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        assert await stores.updates.receive(2, "x")
        assert await stores.updates.pending() == ["x", "x"]
    finally:
        for pid in frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


async def test_a_server_that_restarts_is_waited_for(own_server: Server) -> None:
    """It ends as in a crash while calls are made; each is done once, and all that was acknowledged is there."""
    async with open_postgres(own_server.url("postgres")) as stores:
        done = [await stores.updates.receive(number, "x") for number in range(20)]
        own_server.stop()
        with capture_logs() as logs:
            late = [asyncio.create_task(stores.updates.receive(number, "x")) for number in range(20, 40)]

            async def warned() -> bool:
                return any(entry["event"] == "store_unreachable" for entry in logs)

            await eventually(warned)
            with pytest.raises(StoreUnreachableError, match="PostgreSQL does not answer"):
                await stores.work.claim("w")  # a worker is told soon, and asks again by itself
            await asyncio.to_thread(own_server.start)
            done += await asyncio.gather(*late)
        assert done == [True] * 40
        assert len(await stores.updates.pending()) == 40


Commit = Callable[[psycopg.AsyncConnection], Awaitable[None]]


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_connection_lost_while_committing_loses_and_doubles_nothing(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    """The server is asked what became of the transaction: it is done once, and the caller is told so."""
    commit: Commit = psycopg.AsyncConnection.commit
    lost = 0

    async def losing_commit(connection: psycopg.AsyncConnection) -> None:
        nonlocal lost
        if lost or connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            await commit(connection)
            return
        lost += 1
        if arrived:
            await commit(connection)
        await connection.close()
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(psycopg.AsyncConnection, "commit", losing_commit)
    assert await stores.updates.receive(7, "hello")
    assert lost == 1
    assert await stores.updates.pending() == ["hello"]
    assert not await stores.updates.receive(7, "hello")


async def test_transactions_that_wait_for_each_other_are_both_done(stores: Stores) -> None:
    """PostgreSQL ends one of them, and it is done again."""
    both_hold_one = asyncio.Barrier(2)
    met = False

    async def lock_both(first: str, second: str) -> str:
        async def work(t: Transaction) -> str:
            await t.lock(first)
            if not met:
                await both_hold_one.wait()
            await t.lock(second)
            return first

        async def until_both_hold_one(t: Transaction) -> str:
            nonlocal met
            try:
                return await work(t)
            finally:
                met = True

        return await database_of(stores).transaction(until_both_hold_one, patience=30.0)

    async with asyncio.timeout(30):
        assert set(await asyncio.gather(lock_both("a", "b"), lock_both("b", "a"))) == {"a", "b"}


async def test_a_cancelled_caller_leaves_nothing_half_done(stores: Stores, observer: psycopg.AsyncConnection) -> None:
    """Whenever a caller is cancelled, no transaction stays open, no other one is lost, and one job is made."""
    await cancel_everywhere(stores, 60)
    assert await read(observer, f"SELECT pid {OTHERS} AND state LIKE 'idle in transaction%'") == []


async def test_closing_waits_for_what_was_begun(postgres_url: str) -> None:
    """A transaction whose caller was cancelled at the very end is still done."""
    async with open_postgres(postgres_url) as stores:
        tasks = [asyncio.create_task(stores.updates.receive(number, "x")) for number in range(20)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
    async with open_postgres(postgres_url) as stores:
        assert len(await stores.updates.pending()) == 20


async def test_texts_with_zero_characters_are_stored(stores: Stores) -> None:
    """PostgreSQL has none of these; people may send them."""
    assert await stores.updates.receive(1, "a\0b")
    assert await stores.updates.pending() == ["a\ufffdb"]


async def test_a_read_only_database_heals(stores: Stores, postgres: Server, observer: psycopg.AsyncConnection) -> None:
    """Writes fail and change nothing; reads work; when it can be written again, writes do too."""
    name = observer.info.dbname
    close_all = f"SELECT pg_terminate_backend(pid) {OTHERS}".encode()
    job = await enqueue(stores, "u1")
    await observer.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    try:
        await observer.execute(close_all)
        with pytest.raises(StoreReadOnlyError, match="read-only"):
            await stores.updates.receive(1, "x")
        assert await stores.jobs.get(job.id) == job
    finally:
        postgres.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await observer.execute(close_all)
    assert await stores.updates.receive(1, "x")


def test_errors_of_the_program_stay_what_they_are() -> None:
    """A statement that is wrong is no trouble of the store."""
    assert store_error(psycopg.errors.SyntaxError("wrong")) is None
    assert store_error(psycopg.InterfaceError("wrong")) is None
    assert store_error(KeyError("x")) is None

"""What the SQLite database must withstand: a second process, cancelled callers, a full disk, power loss."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from bot.storage.errors import StoreDamagedError, StoreFullError, StoreLockedError
from bot.storage.protocols import Stores
from bot.storage.sql import deliveries, drafts, estimates, jobs, updates, work
from bot.storage.sql.database import Sql
from bot.storage.sqlite import carrier, open_sqlite
from tests.support.jobs import ALICE, cancel_everywhere, connection_of, enqueue, names


async def test_a_second_program_is_refused(stores: Stores, tmp_path: Path) -> None:
    """Only one may use the file; the other is told which process has it and why that matters."""
    with pytest.raises(StoreLockedError, match=r"belongs to process \d+: SQLite has one owner"):
        async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs"):
            pass
    await enqueue(stores, "u1")


async def test_the_connection_is_as_durable_as_promised(stores: Stores) -> None:
    """Write-ahead log, every commit synced, foreign keys, deleted bytes overwritten."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 0}
    for name, value in wanted.items():
        [[found]] = await connection_of(stores).execute_fetchall(f"PRAGMA {name}")
        assert found == value


async def test_files_are_private(stores: Stores, tmp_path: Path) -> None:
    """Nobody else on the machine can read the database."""
    await enqueue(stores, "u1")
    for name in ("vitrage.db", "vitrage.db-wal", "vitrage.db-shm", "vitrage.db.lock"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


async def test_a_cancelled_caller_leaves_nothing_half_done(stores: Stores) -> None:
    """Whenever a caller is cancelled, no transaction stays open, no other one is lost, and one job is made."""
    await cancel_everywhere(stores, 120)
    assert not connection_of(stores).in_transaction


@pytest.mark.slow
async def test_a_thousand_cancelled_callers(stores: Stores) -> None:
    """The same, a thousand times."""
    await cancel_everywhere(stores, 1000)
    assert not connection_of(stores).in_transaction


async def test_closing_waits_for_what_was_begun(tmp_path: Path) -> None:
    """A transaction whose caller was cancelled at the very end is still in the file."""
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        tasks = [asyncio.create_task(stores.updates.receive(number, "x")) for number in range(20)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        assert len(await stores.updates.pending()) == 20


async def test_a_full_disk_heals(stores: Stores) -> None:
    """Writes fail with StoreFullError and change nothing; reads work; when there is room again, writes do too."""
    connection = connection_of(stores)
    job = await enqueue(stores, "u1")
    [[pages]] = await connection.execute_fetchall("PRAGMA page_count")
    await connection.execute_fetchall(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFullError, match="nothing was changed"):
        await stores.updates.receive(1, "x" * 100_000)
    assert not connection.in_transaction
    assert await stores.jobs.get(job.id) == job
    assert await stores.updates.pending() == []
    await connection.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert await stores.updates.receive(1, "x" * 100_000)


async def test_power_loss_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Cut the log anywhere after a synced commit: that commit and all before it are there, and the file is sound."""
    database, log = tmp_path / "vitrage.db", tmp_path / "vitrage.db-wal"
    acknowledged: list[int] = []
    async with open_sqlite(database, tmp_path / "blobs") as stores:
        for number in range(30):
            await stores.updates.receive(number, f"update {number}")
            acknowledged.append(log.stat().st_size)
        shutil.copytree(tmp_path, tmp_path.with_name("lost"))
    for count, size in enumerate(acknowledged[:-1], start=1):
        lost = tmp_path.with_name(f"lost-{count}")
        shutil.copytree(tmp_path.with_name("lost"), lost)
        with (lost / log.name).open("r+b") as file:
            file.truncate(size + (acknowledged[count] - size) // 2)
        async with open_sqlite(lost / database.name, lost / "blobs") as stores:
            assert len(await stores.updates.pending()) == count
            [[sound]] = await connection_of(stores).execute_fetchall("PRAGMA integrity_check")
            assert sound == "ok"


async def test_orphans_are_swept_at_the_start(tmp_path: Path) -> None:
    """A blob that a crash left without a row is deleted; those of drafts and jobs stay."""
    where = tmp_path / "vitrage.db", tmp_path / "blobs"
    async with open_sqlite(*where) as stores:
        job = await enqueue(stores, "u1")
        photo = await stores.blobs.put(b"draft")
        await stores.drafts.add_photo(ALICE, 1, photo)
        await stores.blobs.put(b"orphan")
    async with open_sqlite(*where):
        assert names(where[1]) == {job.content, *job.styles, photo}


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A damaged file is left as it is, and the error says which and what to do."""
    (tmp_path / "vitrage.db").write_bytes(b"holiday pictures" * 300)
    with pytest.raises(StoreDamagedError, match=r"vitrage\.db cannot be used as a database"):
        async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs"):
            pass
    assert (tmp_path / "vitrage.db").read_bytes() == b"holiday pictures" * 300


HOT = {
    "claim": carrier.CLAIM,
    "reclaim": work.RECLAIM,
    "unsettled": deliveries.UNSETTLED,
    "is_first": deliveries.IS_FIRST,
    "jobs_of": jobs.JOBS_OF,
    "pending": updates.PENDING,
    "job_of_key": jobs.JOB_OF_KEY,
    "load": jobs.LOAD,
    "photos": drafts.PHOTOS,
    "estimate": estimates.ESTIMATE,
    "before": estimates.BEFORE,
}


@pytest.mark.parametrize("sql", HOT.values(), ids=HOT)
async def test_hot_queries_use_an_index(stores: Stores, sql: Sql) -> None:
    """None of them reads the whole table, however many jobs a week leaves."""
    text = sql if isinstance(sql, str) else sql.sqlite
    values = dict.fromkeys(re.findall(r":(\w+)", text), 0)
    plan = await connection_of(stores).execute_fetchall(f"EXPLAIN QUERY PLAN {text}", values)
    steps = [row["detail"] for row in plan]
    assert not [step for step in steps if step.startswith(("SCAN job", "SCAN inbox")) and "INDEX" not in step]
    assert not [step for step in steps if step.startswith("SCAN photo")]

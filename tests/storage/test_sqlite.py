"""What SQLite in particular must withstand: a second owner, cancellation, a full disk, power loss, old files."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import aiosqlite
import pytest

from bot.storage.errors import StoreDamagedError, StoreFullError, StoreNewerError, StoreOwnedError
from bot.storage.protocols import Stores
from bot.storage.sqlite import job_queries, open_sqlite
from bot.storage.sqlite.jobs import SqliteJobStore
from bot.storage.sqlite.migration import MIGRATIONS, migrate, read_scripts, statements
from tests.support.jobs import ALICE, claim, enqueue, names


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """Empty stores on SQLite."""
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        yield stores


def connection_of(stores: Stores) -> aiosqlite.Connection:
    """Return the one connection behind the stores."""
    assert isinstance(stores.jobs, SqliteJobStore)
    return stores.jobs._database._connection


async def test_a_second_owner_is_refused(stores: Stores, tmp_path: Path) -> None:
    """Only one may own the file; the other is told by whom and why, and may come once the first is gone."""
    with pytest.raises(StoreOwnedError, match=r"belongs to process \d+: SQLite has one owner"):
        async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs"):
            pass
    await enqueue(stores, "u1")


async def test_the_connection_is_as_durable_as_promised(stores: Stores) -> None:
    """Write-ahead log, every commit synced, foreign keys, deleted bytes overwritten, files private."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 5000}
    for name, value in wanted.items():
        [[found]] = await connection_of(stores).execute_fetchall(f"PRAGMA {name}")
        assert found == value


async def test_files_are_private(stores: Stores, tmp_path: Path) -> None:
    """Nobody else on the machine can read the database."""
    await enqueue(stores, "u1")
    for name in ("vitrage.db", "vitrage.db-wal", "vitrage.db-shm", "vitrage.db.lock"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


async def cancel_everywhere(stores: Stores, times: int) -> None:
    """Cancel enqueues after ever more turns of the event loop; each must have happened wholly or not at all."""
    content = await stores.blobs.put(b"cat")
    for number in range(times):
        task = asyncio.create_task(enqueue(stores, f"u{number}", styles=(content,)))
        bystander = asyncio.create_task(stores.jobs.set_status_message(1, number))
        for _ in range(number % 60):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bystander
        assert (await enqueue(stores, f"u{number}")).id == number + 1
    assert not connection_of(stores).in_transaction
    assert len(await stores.jobs.unsettled()) == times
    first = await claim(stores)
    assert first.status_message_id == times - 1


async def test_a_cancelled_caller_leaves_nothing_half_done(stores: Stores) -> None:
    """Wherever a caller is cancelled, no transaction stays open, none of another is lost, and one job comes of it."""
    await cancel_everywhere(stores, 120)


@pytest.mark.slow
async def test_a_thousand_cancelled_callers(stores: Stores) -> None:
    """The same, a thousand times."""
    await cancel_everywhere(stores, 1000)


async def test_closing_waits_for_what_was_begun(tmp_path: Path) -> None:
    """A transaction whose caller was cancelled at the very end is still in the file."""
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        tasks = [asyncio.create_task(stores.chats.receive_update(number, "x")) for number in range(20)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        assert len(await stores.chats.pending_updates()) == 20


async def test_a_full_disk_heals(stores: Stores) -> None:
    """Writes fail with the one clear error and change nothing; reads go on; with room again, so do writes."""
    connection = connection_of(stores)
    job = await enqueue(stores, "u1")
    [[pages]] = await connection.execute_fetchall("PRAGMA page_count")
    await connection.execute_fetchall(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreFullError, match="nothing was changed"):
        await stores.chats.receive_update(1, "x" * 100_000)
    assert not connection.in_transaction
    assert await stores.jobs.get(job.id) == job
    assert await stores.chats.pending_updates() == []
    await connection.execute_fetchall("PRAGMA max_page_count = 1000000")
    assert await stores.chats.receive_update(1, "x" * 100_000)


async def test_power_loss_takes_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Cut the log anywhere after a synced commit: that commit and all before it are there, and the file is sound."""
    database, log = tmp_path / "vitrage.db", tmp_path / "vitrage.db-wal"
    acknowledged: list[int] = []
    async with open_sqlite(database, tmp_path / "blobs") as stores:
        for number in range(30):
            await stores.chats.receive_update(number, f"update {number}")
            acknowledged.append(log.stat().st_size)
        shutil.copytree(tmp_path, tmp_path.with_name("lost"))
    for count, size in enumerate(acknowledged[:-1], start=1):
        lost = tmp_path.with_name(f"lost-{count}")
        shutil.copytree(tmp_path.with_name("lost"), lost)
        with (lost / log.name).open("r+b") as file:
            file.truncate(size + (acknowledged[count] - size) // 2)
        async with open_sqlite(lost / database.name, lost / "blobs") as stores:
            assert len(await stores.chats.pending_updates()) == count
            [[sound]] = await connection_of(stores).execute_fetchall("PRAGMA integrity_check")
            assert sound == "ok"


async def test_orphans_are_swept_at_the_start(tmp_path: Path) -> None:
    """A blob that a crash left without a row goes; those of drafts and jobs stay."""
    where = tmp_path / "vitrage.db", tmp_path / "blobs"
    async with open_sqlite(*where) as stores:
        job = await enqueue(stores, "u1")
        photo = await stores.blobs.put(b"draft")
        await stores.jobs.add_photo(ALICE, 1, photo)
        await stores.blobs.put(b"orphan")
    async with open_sqlite(*where):
        assert names(where[1]) == {job.content, *job.styles, photo}


@pytest.mark.parametrize("version", range(len(read_scripts(MIGRATIONS))))
async def test_a_database_of_any_older_version_is_brought_up(tmp_path: Path, version: int) -> None:
    """Whatever version wrote the file, this program can use it."""
    with sqlite3.connect(tmp_path / "vitrage.db", isolation_level=None) as old:
        for script in read_scripts(MIGRATIONS)[:version]:
            old.executescript(script)
        old.execute(f"PRAGMA user_version = {version}")
    old.close()
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        await enqueue(stores, "u1")
        [[found]] = await connection_of(stores).execute_fetchall("PRAGMA user_version")
        assert found == len(read_scripts(MIGRATIONS))


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """A program that was set back does not damage what a newer one wrote, and says what to do."""
    with sqlite3.connect(tmp_path / "vitrage.db") as newer:
        newer.execute("PRAGMA user_version = 999")
    newer.close()
    with pytest.raises(StoreNewerError, match="update the program"):
        async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs"):
            pass


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """A damaged file is left as it is, and the error says which and what to do."""
    (tmp_path / "vitrage.db").write_bytes(b"holiday pictures" * 300)
    with pytest.raises(StoreDamagedError, match=r"vitrage\.db cannot be used as a database"):
        async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs"):
            pass
    assert (tmp_path / "vitrage.db").read_bytes() == b"holiday pictures" * 300


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """All migrations are one step: after an error the file is as it was."""
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE a (x);  -- one; comment\nCREATE TABLE b (x);\n")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE c (x);\nCREATE TABEL d (x);\n")
    async with aiosqlite.connect(tmp_path / "x.db", isolation_level=None) as connection:
        with pytest.raises(sqlite3.OperationalError):
            await migrate(connection, tmp_path / "x.db", tmp_path)
        assert list(await connection.execute_fetchall("SELECT name FROM sqlite_schema")) == []
        assert list(await connection.execute_fetchall("PRAGMA user_version")) == [(0,)]


async def test_strengths_keep_their_meaning_on_the_new_scale(tmp_path: Path) -> None:
    """Settings from before are carried over: 50 was the recipe's own balance, and 80 is."""
    old = tmp_path / "old"
    old.mkdir()
    for script in sorted(MIGRATIONS.glob("*.sql"))[:6]:
        shutil.copy(script, old)
    async with aiosqlite.connect(tmp_path / "x.db", isolation_level=None) as connection:
        await migrate(connection, tmp_path / "x.db", old)
        rows = [(number, strength) for number, strength in enumerate((0, 20, 35, 50, 65, 80, 100))]
        insert = "INSERT INTO recipe (user_id, quality, strength, colors) VALUES (?, 'standard', ?, 'style')"
        await connection.executemany(insert, rows)
        await migrate(connection, tmp_path / "x.db", MIGRATIONS)
        found = await connection.execute_fetchall("SELECT strength FROM recipe ORDER BY user_id")
    assert [strength for (strength,) in found] == [0, 51, 65, 80, 84, 88, 97]


def test_scripts_are_split_into_statements() -> None:
    """A semicolon in a comment or a string ends nothing."""
    script = "-- first; really\nCREATE TABLE a (x TEXT DEFAULT ';');\n\nCREATE TABLE b (\n  x  -- ;\n);\n"
    assert [statement.count("CREATE") for statement in statements(script)] == [1, 1]


@pytest.mark.parametrize(
    "name",
    ["CLAIM", "RECLAIM", "UNSETTLED", "JOBS_OF", "DRAFT", "ESTIMATE", "JOB_OF_KEY", "LOAD", "BEFORE", "IS_FIRST"],
)
async def test_hot_queries_use_an_index(stores: Stores, name: str) -> None:
    """None of them reads the whole table, however many jobs a week leaves."""
    values = [
        "worker",
        "now",
        "longest",
        "user_id",
        "chat_id",
        "thread_id",
        "quality",
        "size",
        "dedup_key",
        "since",
        "id",
        "kind",
        "resumed",
    ]
    explain = f"EXPLAIN QUERY PLAN {getattr(job_queries, name)}"
    plan = await connection_of(stores).execute_fetchall(explain, dict.fromkeys(values, 0))
    steps = [row["detail"] for row in plan]
    assert not [step for step in steps if step.startswith("SCAN job") and "INDEX" not in step]
    assert not [step for step in steps if step.startswith("SCAN photo")]

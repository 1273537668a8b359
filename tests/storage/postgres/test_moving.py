"""`vitrage move-store`: everything arrives, nothing is changed where it was, and what was interrupted goes on."""

# ruff: noqa: S608 - statements are made of constants

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from bot.storage.postgres import open_postgres
from bot.storage.sql.ends import MoveError
from bot.storage.sqlite import open_sqlite
from tests.support.figures import Figures
from tests.support.jobs import claim, enqueue, render
from tests.support.moving import KEYS, MOVE_WAITS, PICTURES, contents, moved
from tests.support.postgres import OTHERS, Server
from tests.support.program import until


@pytest.mark.parametrize("with_bucket", [False, True], ids=["in the database", "in a bucket"])
async def test_everything_goes_there_and_back(
    old: Path, postgres_url: str, tmp_path: Path, with_bucket: bool, request: pytest.FixtureRequest
) -> None:
    """All rows of all tables, the numbers that were given, and the pictures that are named; the old files stay."""
    bucket = request.getfixturevalue("bucket_url") if with_bucket else None
    before = contents(old)
    file = (old / "vitrage.db").read_bytes()
    there = await moved(old, postgres_url, old, bucket)
    assert (there.copied, there.there, there.missing) == (5, 0, 0)
    assert f"{there}" == "22 rows in 18 tables, 5 pictures"
    assert ((old / "vitrage.db").read_bytes(), contents(old)) == (file, before)
    back = await moved(postgres_url, tmp_path / "new", tmp_path / "new", bucket)
    assert back == there
    del before["pictures"][KEYS[5]]  # named by no row
    assert contents(tmp_path / "new") == before
    assert [file for file in (tmp_path / "new").rglob("*") if file.stat().st_mode & 0o077] == []


async def test_the_bot_goes_on_where_it_was(data: Path, postgres_url: str) -> None:
    """With the jobs that waited, and numbers above those that it has given."""
    async with open_sqlite(data / "vitrage.db", data / "blobs") as stores:
        await stores.people.forget(5000000001)
        painted = await enqueue(stores, "painted")
        await render(stores, await claim(stores))
        waits = await enqueue(stores, "waits")
        await stores.people.forget(7)
        before = await stores.deliveries.unsettled()
    await moved(data, postgres_url, data)
    async with open_postgres(postgres_url) as stores:
        assert [dataclasses.replace(job, fence=0) for job in await stores.deliveries.unsettled()] == [
            dataclasses.replace(job, fence=0)
            for job in before  # the carrier of each database has its own
        ]
        assert (await claim(stores)).id == waits.id
        [done] = [job for job in before if job.id == painted.id]
        assert done.result
        assert await stores.blobs.get(done.result) == b"painted"
        assert (await enqueue(stores, "another")).id == waits.id + 1


async def test_a_picture_that_was_lost_before_is_counted(data: Path, postgres_url: str) -> None:
    """It does not keep everything else from moving."""
    (data / "blobs" / KEYS[0]).unlink()
    there = await moved(data, postgres_url, data)
    assert (there.copied, there.missing) == (4, 1)
    assert f"{there}".endswith("; 1 more are named, but were not there")


async def test_what_a_later_release_adds_is_moved_too(data: Path, empty: str, tmp_path: Path) -> None:
    """The tables and columns are those of the databases; what only one of them has is named."""
    async with open_postgres(empty):
        pass
    with closing(sqlite3.connect(data / "vitrage.db")) as old, psycopg.connect(empty, autocommit=True) as new:
        for statement in (
            "ALTER TABLE preference ADD COLUMN colour TEXT DEFAULT 'red'",
            "CREATE TABLE added (id INTEGER PRIMARY KEY, chat INTEGER REFERENCES known_chat (user_id))",
        ):
            old.execute(statement)
            with pytest.raises(MoveError, match=r"have other columns in: (preference|added)"):
                await moved(data, empty, data)
            new.execute(statement.replace("INTEGER REFERENCES", "bigint REFERENCES").encode())
        old.execute("UPDATE preference SET colour = 'blue'")
        old.execute("INSERT INTO added VALUES (1, -5)")
        old.commit()
        assert (await moved(data, empty, data)).rows["added"] == 1
        assert new.execute("SELECT DISTINCT colour FROM preference").fetchall() == [("blue",)]


async def test_rows_that_arrive_otherwise_are_not_taken(old: Path, empty: str) -> None:
    """Whatever changed them: the sums differ, and the new database stays empty."""
    async with open_postgres(empty):
        pass
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN NEW.met_at = NEW.met_at + 1e-9; RETURN NEW; END'"
        )
        connection.execute("CREATE TRIGGER other BEFORE INSERT ON known_chat FOR EACH ROW EXECUTE FUNCTION other()")
        with pytest.raises(MoveError, match=r"known_chat did not arrive as it was \(1 rows sent, 1 arrived\)"):
            await moved(old, empty, old)
        assert connection.execute("SELECT count(*) FROM job").fetchone() == (0,)


@contextmanager
def command(origin: Path | str, target: Path | str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run `vitrage move-store` during the block."""
    ends = [f"{end}/vitrage.db" if isinstance(end, Path) else end for end in (origin, target)]
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "move-store", *ends],
        env=os.environ | {"VITRAGE_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


END = f"SELECT pg_terminate_backend(pid) {OTHERS} AND wait_event_type = 'Lock'"
PUT = "SELECT key, put_at FROM blob ORDER BY key"


@pytest.mark.parametrize(
    ("held", "copied"),
    [(f"INSERT INTO blob (key, data) VALUES ('{KEYS[4]}', '')", 4), ("LOCK TABLE voter IN SHARE MODE", 5)],
    ids=["among the pictures", "among the rows"],
)
async def test_a_move_that_is_killed_goes_on(old: Path, postgres_url: str, held: str, copied: int) -> None:
    """By the same command; what had arrived is not sent again, and until it is done the new database has no row."""
    with psycopg.connect(postgres_url, autocommit=True) as observer, psycopg.connect(postgres_url) as holder:
        holder.execute(held.encode())
        with command(old, postgres_url, old) as first:
            until(lambda: observer.execute(MOVE_WAITS.encode()).fetchone() == (1,), "the move waits for what is held")
            first.kill()
        observer.execute(END.encode())  # as a server does by itself once it hears of the lost connection
        holder.rollback()
        until(
            lambda: observer.execute(f"SELECT count(*) {OTHERS}".encode()).fetchone() == (1,), "its session has ended"
        )
        arrived = observer.execute(PUT).fetchall()
        assert (len(arrived), observer.execute("SELECT count(*) FROM job").fetchone()) == (copied, (0,))
        with command(old, postgres_url, old) as second:
            said, progress = second.communicate()
        assert said.startswith(f"22 rows in 18 tables, 5 pictures ({copied} of them earlier). Set VITRAGE_DATABASE to ")
        assert "pictures: 5 of 5\nrows of " in progress
        assert observer.execute(PUT).fetchall()[:copied] == arrived


@pytest.mark.slow
async def test_a_move_is_killed_at_any_moment(
    old: Path, postgres: Server, tmp_path: Path, record_property: Figures
) -> None:
    """There and back, each killed at random moments until it is done: everything is there, once."""
    folder, new, kills, count = Path(shutil.copytree(old, tmp_path / "old")), tmp_path / "new", 0, 1500
    async with open_sqlite(folder / "vitrage.db", folder / "blobs") as stores:
        for number in range(count):
            await enqueue(stores, f"many {number}", content=os.urandom(20000))
    with postgres.database() as url:
        for origin, target, data in ((folder, url, folder), (url, new, new)):
            seconds = 0.0
            while True:
                with command(origin, target, data) as process:
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(seconds + random.uniform(0, 1))
                    if process.poll() == 0:
                        break
                    kills, seconds = kills + 1, seconds + 0.2
                    process.kill()
                    _, said = process.communicate()
                    assert "Traceback" not in said
        before, after = contents(folder), contents(new)
        before["pictures"] = {key: before["pictures"][key] for key in after["pictures"]}
        assert after == before
        assert len(after["pictures"]) == 2 * count + 5
    record_property("moves killed", kills)


async def test_a_move_back_that_is_killed_goes_on(old: Path, postgres_url: str, tmp_path: Path) -> None:
    """Also where it left half a picture and an open transaction."""
    new = tmp_path / "new"
    await moved(old, postgres_url, old)
    await moved(postgres_url, new, new)
    with closing(sqlite3.connect(new / "vitrage.db")) as connection:  # as a kill before the commit leaves it
        connection.execute("PRAGMA foreign_keys = OFF")
        for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            connection.execute(f"DELETE FROM {table}")
        connection.commit()
    (new / "blobs" / KEYS[0]).rename(new / "blobs" / f"{KEYS[0]}.part")
    (new / "blobs" / KEYS[1]).write_bytes(b"half")
    again = await moved(postgres_url, new, new)
    assert (again.copied, again.there) == (2, 3)
    assert contents(new)["pictures"] == {key: PICTURES[key] for key in KEYS[:5]}

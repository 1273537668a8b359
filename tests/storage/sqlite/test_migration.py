"""A database of version 8 keeps every row; a version that cannot be read is refused; no migration is done by half."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from bot.storage.errors import StoreVersionError
from bot.storage.models import (
    Address,
    BlobKey,
    Delivery,
    Job,
    KeptResult,
    Photo,
    Preference,
    Recipe,
    Source,
    Standing,
    State,
    StyleRef,
)
from bot.storage.protocols import Stores
from bot.storage.sqlite import open_sqlite
from bot.storage.sqlite.migration import migrate, statements
from tests.support.jobs import ALICE, Clock, claim, connection_of, enqueue, names, render

VERSION_8 = Path(__file__).with_name("version8.sql").read_text(encoding="utf-8")
BLOBS = set(re.findall(r"\b[0-9a-f]{32}\b", VERSION_8))
TAKEN = "1" * 32  # of a photo that has left its draft
BEN = Address(chat_id=-200, thread_id=7, user_id=2)


def blob(end: str) -> BlobKey:
    """Return the key with these last digits."""
    return BlobKey(end.rjust(32, "0"))


@pytest.fixture
async def migrated(tmp_path: Path) -> AsyncIterator[Stores]:
    """The stores of a database that version 8 wrote."""
    with closing(sqlite3.connect(tmp_path / "vitrage.db")) as old:
        old.executescript(VERSION_8)
    (tmp_path / "blobs").mkdir()
    for key in BLOBS:
        (tmp_path / "blobs" / key).write_bytes(b"picture")
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs", clock=Clock()) as stores:
        yield stores


async def test_a_queued_job_is_migrated_whole(migrated: Stores) -> None:
    """Everything that was asked for, and what happened to the job since."""
    assert await migrated.jobs.get(1) == Job(
        id=1,
        address=ALICE,
        message_id=10,
        status_message_id=11,
        language="ru",
        recipe=Recipe("fine", 900, 60, "match", "large", 5),
        content=blob("a1"),
        styles=(blob("a2"),),
        state=State.QUEUED,
        attempt=2,
        progress=0.0,
        seconds_left=None,
        preview=None,
        result=None,
        report={},
        error=None,
        delivery=Delivery.PENDING,
        created_at=1799999000.0,
        fence=3,
        deaths=1,
        sources=(Source("file:cat"), Source("preset:mosaic")),
        style=StyleRef("mosaic"),
        output="file",
        advice="dark",
        start=blob("a3"),
        resumed=True,
        mask=blob("a4"),
        marked=Source("file:marked"),
        spoiler=True,
    )
    assert await migrated.deliveries.asked_region(100, 12) == await migrated.jobs.get(1)
    assert (await enqueue(migrated, "update:1")).id == 1


async def test_finished_jobs_are_migrated_with_their_pictures(migrated: Stores) -> None:
    """A delivered one with what is kept of it, and one whose delivery is pending; estimates learn from both."""
    delivered, rendered = await migrated.jobs.get(2), await migrated.jobs.get(3)
    assert delivered is not None
    assert (delivered.state, delivered.style, delivered.report) == (State.DELIVERED, "KEY", {"size": [512, 256]})
    assert await migrated.deliveries.kept_result(2) == KeptResult(blob("b1"), timelapse=blob("b2"))
    assert rendered is not None
    assert (rendered.address, rendered.state, rendered.sketched) == (BEN, State.RENDERED, True)
    assert (rendered.preview, rendered.result, rendered.timelapse) == (blob("c3"), blob("c4"), blob("c5"))
    assert [job.id for job in await migrated.deliveries.unsettled()] == [1, 3]
    assert await migrated.jobs.estimate(Recipe()) == 15.0


async def test_users_keep_their_turns(migrated: Stores) -> None:
    """Who had queued much before the migration is served after who had not."""
    last = await enqueue(migrated, "u1", address=ALICE)
    first = await enqueue(migrated, "u2", address=BEN)
    for job_id in (first.id, 1, last.id):
        job = await claim(migrated)
        assert job.id == job_id
        await render(migrated, job)


async def test_drafts_are_migrated(migrated: Stores) -> None:
    """Photos in their order, the chosen style, and which messages are known already."""
    assert await migrated.drafts.photos(ALICE) == [
        Photo(2, 41, blob("d2"), Source(""), is_style=False, spoiler=True),
        Photo(1, 40, blob("d1"), Source("file:bird"), is_style=True, spoiler=False),
    ]
    assert await migrated.drafts.chosen_style(BEN) == "woodcut"
    assert not await migrated.drafts.add_photo(ALICE, 10, await migrated.blobs.put(b"again"))


async def test_settings_styles_and_updates_are_migrated(migrated: Stores) -> None:
    """What a user chose and named, and what the bot has to handle yet."""
    assert await migrated.settings.recipe(1) == Recipe("sketch", 700, 40, "content", "fine")
    assert await migrated.settings.preference(1) == Preference("ru", "file")
    assert await migrated.styles.sources(StyleRef("KEY")) == ("file:glass",)
    assert await migrated.styles.names(1) == ["window"]
    assert await migrated.styles.named(1, "window") == "KEY"
    assert await migrated.updates.pending() == ["second", "third"]
    assert not await migrated.updates.receive(1, "first")


async def test_people_are_migrated(migrated: Stores) -> None:
    """Who is known and who is banned, maintenance, and the messages that are still to be sent, once each."""
    assert await migrated.people.standing(3, 3) == Standing(Preference(), banned=True, maintenance=True, recipe=None)
    assert not any([await migrated.people.meet(who) for who in (1, 2, 3, -200)])
    assert await migrated.people.write_broadcast("News") == 2
    taken = [await migrated.people.take_broadcast() for _ in range(5)]
    assert taken == [(1, "Hello"), (2, "Hello"), (1, "News"), (2, "News"), None]


async def test_blobs_are_named_as_before(migrated: Stores, tmp_path: Path) -> None:
    """Opening deletes none that a row needs; forgetting a user deletes theirs, and the questions about their jobs."""
    assert len(BLOBS) == 14
    assert names(tmp_path / "blobs") == BLOBS - {TAKEN}
    await migrated.people.forget(ALICE.user_id)
    assert names(tmp_path / "blobs") == {blob(f"c{number}") for number in range(1, 6)}
    assert await migrated.deliveries.asked_region(100, 12) is None


def schema_of(path: Path) -> dict[str, object]:
    """Return what a database declares, by name; of a table, the set of its columns and constraints."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    declared: dict[str, object] = {}
    for name, kind, sql in rows:
        plain = " ".join(re.sub(r"--.*", "", sql).replace('"', "").split())
        declared[name] = frozenset(definitions(plain)) if kind == "table" else plain
    return declared


def definitions(create_table: str) -> Iterator[str]:
    """Split a CREATE TABLE at the commas of its outermost parentheses."""
    begin, depth = 0, 0
    for position, character in enumerate(create_table):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if (character, depth) in {("(", 1), (",", 1), (")", 0)}:
            yield create_table[begin:position].strip()
            begin = position + 1
    yield create_table[begin:].strip()


async def test_a_migrated_database_is_like_a_new_one(migrated: Stores, tmp_path: Path) -> None:
    """The same tables, columns, constraints, indexes and view, and the same version; columns in any order."""
    async with open_sqlite(tmp_path / "new" / "vitrage.db", tmp_path / "new" / "blobs") as new:
        versions = [await connection_of(stores).execute_fetchall("PRAGMA user_version") for stores in (migrated, new)]
    assert [list(map(tuple, version)) for version in versions] == [[(14,)], [(14,)]]
    assert schema_of(tmp_path / "vitrage.db") == schema_of(tmp_path / "new" / "vitrage.db")


@pytest.mark.parametrize("version", [*range(1, 8), 999])
async def test_a_version_that_cannot_be_read_is_refused(tmp_path: Path, version: int) -> None:
    """Neither what a newer program wrote nor what is older than the first migration is touched; one says what to do."""
    path = tmp_path / "vitrage.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE job (x)")
        other.execute(f"PRAGMA user_version = {version}")
    mend = "update the program" if version == 999 else "move it away to begin with an empty one"
    with pytest.raises(StoreVersionError) as refused:
        async with open_sqlite(path, tmp_path / "blobs"):
            pass
    assert str(refused.value) == f"{path} has version {version}, but this program reads versions 8 to 14: {mend}."
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("job",)]
        assert other.execute("PRAGMA user_version").fetchall() == [(version,)]


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """All migrations are one step: after an error the file is as it was."""
    (tmp_path / "0002_good.sql").write_text("CREATE TABLE a (x);  -- one; comment\nCREATE TABLE b (x);\n")
    (tmp_path / "0003_bad.sql").write_text("CREATE TABLE c (x);\nCREATE TABEL d (x);\n")
    async with aiosqlite.connect(tmp_path / "x.db", isolation_level=None) as connection:
        await connection.execute_fetchall("PRAGMA user_version = 1")
        with pytest.raises(sqlite3.OperationalError):
            await migrate(connection, tmp_path / "x.db", tmp_path)
        assert list(await connection.execute_fetchall("SELECT name FROM sqlite_schema")) == []
        assert list(await connection.execute_fetchall("PRAGMA user_version")) == [(1,)]


async def test_only_migrations_that_a_file_has_not_seen_are_run(tmp_path: Path) -> None:
    """In the order of their versions; a file of the newest version is left as it is."""
    for version in (2, 3, 4):
        (tmp_path / f"{version:04}_table.sql").write_text(f"CREATE TABLE t{version} (x);\n")
    async with aiosqlite.connect(tmp_path / "x.db", isolation_level=None) as connection:
        await connection.execute_fetchall("PRAGMA user_version = 2")
        for _ in range(2):
            await migrate(connection, tmp_path / "x.db", tmp_path)
            assert list(await connection.execute_fetchall("SELECT name FROM sqlite_schema")) == [("t3",), ("t4",)]
            assert list(await connection.execute_fetchall("PRAGMA user_version")) == [(4,)]


def test_scripts_are_split_into_statements() -> None:
    """A semicolon in a comment or a string ends nothing."""
    script = "-- first; really\nCREATE TABLE a (x TEXT DEFAULT ';');\n\nCREATE TABLE b (\n  x  -- ;\n);\n"
    assert [statement.count("CREATE") for statement in statements(script)] == [1, 1]

"""Which servers and databases the program works with, and what it says about the others."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from bot.storage.databases import open_stores
from bot.storage.errors import StoreError, StoreRefusedError, StoreUnreachableError, StoreVersionError
from bot.storage.models import WorkerState
from bot.storage.postgres import migration, open_postgres, opening
from bot.storage.postgres.end import OWN_TABLES
from bot.storage.postgres.migration import migrate
from bot.storage.sqlite import open_sqlite
from tests.support.jobs import BOB, claim, connection_of, enqueue, eventually
from tests.support.postgres import Server

ROOT = Path(__file__).parents[3]

BEFORE_THE_CARRIER = """
DROP INDEX job_seconds;
ALTER TABLE job DROP COLUMN painter;
CREATE INDEX job_seconds ON job (quality, kind, resumed, id) WHERE seconds IS NOT NULL;
DROP TABLE worker, carrier_migration, procrastinate_workers, procrastinate_jobs, procrastinate_events,
           procrastinate_periodic_defers CASCADE;
DO $$ DECLARE f regprocedure; BEGIN
    FOR f IN SELECT oid FROM pg_proc WHERE proname LIKE 'procrastinate%' LOOP EXECUTE 'DROP FUNCTION ' || f; END LOOP;
END $$;
DROP TYPE procrastinate_job_status, procrastinate_job_event_type, procrastinate_job_to_defer_v1;
UPDATE job SET fence = CASE state WHEN 'running' THEN 1 ELSE 0 END;
ALTER TABLE job ALTER COLUMN fence TYPE integer;
CREATE INDEX job_queued ON job (vt, id) WHERE state = 'queued';
UPDATE schema_version SET version = 10;
"""


async def opened(url: str, patience: float = 60.0) -> None:
    """Open the stores and close them."""
    async with open_postgres(url, patience=patience):
        pass


async def refused(url: str) -> str:
    """Return what is said when the stores cannot be opened, which is one sentence."""
    with pytest.raises(StoreError) as error:
        await opened(url, patience=0.0)
    said = str(error.value)
    assert "\n" not in said
    return said


async def test_who_is_not_let_in_is_told_at_once(postgres: Server) -> None:
    """A wrong password, a user or a database that does not exist, and rights that are missing; no password is shown."""
    password = f"postgresql://locked:wrong@/postgres?host={postgres.folder}"
    assert 'password authentication failed for user "locked"' in (said := await refused(password))
    assert "wrong" not in said
    assert 'database "nowhere" does not exist' in await refused(postgres.url("nowhere"))
    assert 'role "nobody" does not exist' in await refused(postgres.url("postgres", "nobody"))
    assert "permission denied for schema public" in await refused(postgres.url("postgres", "guest"))


async def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """After the patience, with what to look at; the address of nobody is told from that of a server that refuses."""
    url = f"postgresql:///vitrage?host={tmp_path}"
    with pytest.raises(StoreUnreachableError, match=r"PostgreSQL does not answer .* see that it runs"):
        await opened(url, patience=0.0)
    with pytest.raises(StoreUnreachableError, match="Connection refused"):
        await opened("postgresql://127.0.0.1:1/vitrage", patience=0.0)


async def test_a_server_that_starts_late_is_waited_for(own_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both may start together, as in a composition of containers."""
    monkeypatch.setattr(opening, "PAUSE", 0.05)
    own_server.stop()
    with capture_logs() as logs:
        waiting = asyncio.create_task(opened(own_server.url("postgres")))

        async def warned() -> bool:
            return any(entry["event"] == "store_unreachable" for entry in logs)

        await eventually(warned)
        await asyncio.to_thread(own_server.start)
        await waiting


async def test_an_old_server_is_refused(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema needs what came with release 15; here the newest is taken for an old one."""
    monkeypatch.setattr(opening, "OLDEST", 99)
    assert "release 99 or newer is needed" in await refused(empty)


async def test_a_database_that_cannot_hold_every_text_is_refused(postgres: Server) -> None:
    """People write in all scripts."""
    with postgres.database("TEMPLATE template0 ENCODING 'LATIN1'") as url:
        assert "make one with ENCODING 'UTF8'" in await refused(url)


async def test_a_newer_database_is_refused(postgres_url: str, postgres: Server) -> None:
    """Nothing of it is changed, and one says what to do."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE schema_version SET version = 1000")
        try:
            with pytest.raises(
                StoreVersionError, match=r"has version 1000, but .* versions 10 to 14: update the program"
            ):
                await opened(postgres_url)
        finally:
            connection.execute("UPDATE schema_version SET version = 14")


async def test_a_database_of_another_program_is_refused(empty: str) -> None:
    """Its tables stay as they are."""
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("CREATE TABLE job (title text)")
        assert 'relation "job" already exists' in await refused(empty)
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (1,)


@pytest.mark.parametrize("url", ["postgresql://host/x?colour=red", "postgres://a b/x", "postgresql://[::1/x"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    """With the form of one that is."""
    assert "postgresql://USER:PASSWORD@HOST/NAME" in await refused(url)


async def test_hosts_that_start_together_make_the_tables_once(empty: str) -> None:
    """One makes them, the others wait and find them."""
    await asyncio.gather(*(opened(empty) for _ in range(4)))
    async with open_postgres(empty) as stores:
        assert (await enqueue(stores, "u1")).id == 1


async def test_a_database_of_version_10_is_brought_to_this_release(empty: str) -> None:
    """It has neither workers nor a carrier yet, and keeps its rows; what waited or ran is painted, once each."""
    async with open_postgres(empty) as stores:
        first = await enqueue(stores, "u1")
        second = await enqueue(stores, "u2", address=BOB)
        await claim(stores)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(BEFORE_THE_CARRIER)
        stale = dataclasses.replace(first, fence=1)
    async with open_postgres(empty) as stores:
        assert await stores.work.beat(WorkerState("w")) == 0
        assert (await enqueue(stores, "u1")).id == 1
        assert [(await claim(stores)).id for _ in range(2)] == [first.id, second.id]
        assert await stores.work.claim("w") is None
        assert not await stores.work.release(stale)


async def test_the_carrier_is_brought_to_its_release(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its migrations is done once; tables that a newer release of it has changed are left alone."""
    await opened(empty)
    scripts = migration._carrier_scripts() | {"99.00.00_01_later.sql": "CREATE TABLE later (x integer)"}
    with monkeypatch.context() as patch:
        patch.setattr(migration, "_carrier_scripts", lambda: scripts)
        for _ in range(2):
            await opened(empty)
    assert "(a newer release of procrastinate has changed its tables): update it on this host." in await refused(empty)


async def test_a_migration_is_done_whole_or_not_at_all(empty: str, tmp_path: Path) -> None:
    """In the order of the versions, and only those that the database has not seen."""
    await opened(empty)
    (tmp_path / "0015_good.sql").write_text("CREATE TABLE a (x text);  -- one; comment\nCREATE TABLE b (x text);\n")
    bad = tmp_path / "0016_bad.sql"
    bad.write_text("CREATE TABLE c (x text);\nCREATE TABEL d (x text);\n")
    version = "SELECT version, to_regclass('a') IS NOT NULL, to_regclass('c') IS NOT NULL FROM schema_version"
    async with await psycopg.AsyncConnection.connect(empty, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.SyntaxError):
            await migrate(connection, tmp_path)
        assert await (await connection.execute(version)).fetchall() == [(14, False, False)]
        bad.write_text("CREATE TABLE c (x text);\n")
        for _ in range(2):
            await migrate(connection, tmp_path)
            assert await (await connection.execute(version)).fetchall() == [(16, True, True)]


async def test_both_databases_have_the_same_tables_and_columns(postgres_url: str, tmp_path: Path) -> None:
    """So that rows can be copied, and statements understood, by both."""
    async with open_sqlite(tmp_path / "vitrage.db", tmp_path / "blobs") as stores:
        sqlite = {
            (row["t"], row["c"])
            for row in await connection_of(stores).execute_fetchall(
                "SELECT t.name AS t, c.name AS c FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c "
                "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
            )
        }
    with psycopg.connect(postgres_url) as connection:
        columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        postgres = {(table, column) for table, column in connection.execute(columns).fetchall()}
    own = {(table, column) for table, column in postgres if table in OWN_TABLES} | {("job", "blobs")}
    own |= {(table, column) for table, column in postgres if table.startswith("procrastinate_")}
    assert postgres - own == sqlite


def in_a_program(code: str) -> str:
    """Return what a Python program prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


def test_sqlite_needs_nothing_of_postgresql() -> None:
    """Neither its stores nor what chooses between the databases load the driver."""
    modules = "bot.settings, bot.storage.databases, bot.storage.sqlite"
    code = f"import sys, {modules}; print([name for name in sys.modules if 'psycopg' in name])"
    assert in_a_program(code) == "[]\n"


def test_a_missing_driver_is_named() -> None:
    """With how to install it."""
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from pathlib import Path; from bot.storage.databases import open_stores\n"
        "try: open_stores('postgresql://db/vitrage', Path('blobs'))\n"
        "except Exception as error: print(error)\n"
    )
    assert "install it with: pip install 'vitrage[postgres]'." in in_a_program(code)


async def test_a_url_chooses_the_database(postgres_url: str, tmp_path: Path) -> None:
    """As VITRAGE_DATABASE has it."""
    for url in (postgres_url, f"sqlite:///{tmp_path}/vitrage.db"):
        async with open_stores(url, tmp_path / "blobs") as stores:
            assert (await enqueue(stores, "u1")).id == 1
    with pytest.raises(StoreRefusedError):
        async with open_stores("postgres://host/x?colour=red", tmp_path / "blobs"):
            pass

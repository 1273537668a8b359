"""When `vitrage move-store` moves nothing: beside a bot, and between wrong ends. It says why in one sentence."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from bot.storage import databases
from bot.storage.errors import StoreError, StoreLockedError, StoreRefusedError
from bot.storage.postgres import open_postgres
from bot.storage.sqlite import open_sqlite
from tests.support.jobs import eventually
from tests.support.moving import MOVE_WAITS, moved


async def refused(origin: Path | str, target: Path | str, folder: Path, bucket: str | None = None) -> str:
    """Return why nothing is moved, which is one sentence."""
    with pytest.raises(StoreError) as error:
        await moved(origin, target, folder, bucket)
    assert "\n" not in str(error.value)
    return str(error.value)


async def test_nothing_is_moved_beside_a_bot(data: Path, empty: str, tmp_path: Path) -> None:
    """On either side; and no bot starts beside a move."""
    async with open_sqlite(data / "vitrage.db", data / "blobs"):
        with pytest.raises(StoreLockedError, match="Stop that process first"):
            await moved(data, empty, data)
    async with open_postgres(empty), open_postgres(empty):
        for said in (await refused(data, empty, data), await refused(empty, tmp_path / "new", data)):
            assert "is used by a bot, a worker or another move: stop them all first" in said
    assert not (tmp_path / "new").exists()
    with psycopg.connect(empty, autocommit=True) as observer, psycopg.connect(empty) as holder:
        holder.execute("LOCK TABLE voter IN SHARE MODE")
        moving = asyncio.create_task(moved(data, empty, data))

        async def waits() -> bool:
            return observer.execute(MOVE_WAITS.encode()).fetchone() == (1,)

        await eventually(waits)
        with pytest.raises(StoreRefusedError, match="move-store` is at work on it"):
            async with open_postgres(empty):
                pass
        with pytest.raises(StoreLockedError):
            async with open_sqlite(data / "vitrage.db", data / "blobs"):
                pass
        holder.rollback()
        assert (await moving).copied == 5


async def test_wrong_ends_are_refused(data: Path, empty: str, tmp_path: Path) -> None:
    """Each with one sentence, before anything is made."""
    assert "Both are SQLite" in await refused(data, data, data)
    assert "Both are PostgreSQL" in await refused(empty, empty, data)
    said = await refused(data, "mysql://ann:secret@db/vitrage", data)
    assert "mysql://ann@db/vitrage is no database" in said
    assert "is not there: nothing to move" in await refused(tmp_path / "none", empty, data)
    assert "is not that of a bot: nothing to move" in await refused(empty, tmp_path / "new", data)
    assert "set VITRAGE_DATA_DIR" in await refused(data, empty, tmp_path / "none")
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "vitrage.db").write_text("This is no database. " * 100)
    assert "cannot be used as a database" in await refused(tmp_path / "text", empty, data)
    (tmp_path / "text" / "vitrage.db").write_text("")
    assert "is not the database of a bot" in await refused(tmp_path / "text", empty, data)
    assert "does not answer" in (said := await refused(data, "postgresql://127.0.0.1:1/vitrage", data))
    assert said.endswith("then start the same command again.")
    assert not (tmp_path / "none").exists()
    assert not (tmp_path / "new").exists()


async def test_a_database_in_use_is_not_overwritten(old: Path, data: Path, empty: str) -> None:
    """Neither of the two kinds."""
    await moved(old, empty, old)
    assert "is not empty (" in await refused(old, empty, old)
    assert "is not empty (" in await refused(empty, data, data)


async def test_other_releases_are_refused(data: Path, empty: str, tmp_path: Path) -> None:
    """Newer ones by what to update, older ones by what upgrades them."""
    async with open_postgres(empty):
        pass
    with closing(sqlite3.connect(data / "vitrage.db")) as old, psycopg.connect(empty, autocommit=True) as new:
        [current] = old.execute("PRAGMA user_version").fetchone()
        for version, says in ((1000, "update the program"), (9, "call `vitrage doctor`")):
            old.execute(f"PRAGMA user_version = {version}")
            assert says in await refused(data, empty, data)
        old.execute(f"PRAGMA user_version = {current}")
        new.execute("UPDATE schema_version SET version = 1000")
        assert "update the program" in await refused(data, empty, data)
        assert "update the program" in await refused(empty, tmp_path / "new", data)


async def test_pictures_in_a_bucket_need_its_name(
    old: Path, postgres_url: str, bucket_url: str, tmp_path: Path
) -> None:
    """And a bucket that cannot be used is said before anything is copied."""
    assert "does not do what it is asked" in await refused(old, postgres_url, old, "s3://nowhere/x")
    await moved(old, postgres_url, old, bucket_url)
    assert "set VITRAGE_BLOBS to it" in await refused(postgres_url, tmp_path / "new", tmp_path / "new")


async def test_what_is_not_installed_is_named(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command that installs it."""
    monkeypatch.setattr(databases, "find_spec", lambda _: None)
    assert "pip install 'vitrage[s3]'" in await refused(old, "postgresql:///x", old, "s3://pictures")
    monkeypatch.setitem(sys.modules, "bot.storage.postgres", None)
    assert "pip install 'vitrage[postgres]'" in await refused(old, "postgresql:///x", old)

"""Backups of a database on SQLite: whole while it is used, checked, and put back only where nothing is lost by it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import sqlite3
import sys
import tarfile
from asyncio.subprocess import PIPE
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import CommandError, app
from bot.storage.errors import StoreLockedError
from bot.storage.protocols import Stores
from bot.storage.sqlite import backup as backup_module
from bot.storage.sqlite import open_sqlite
from bot.storage.sqlite.backup import CONTENTS, BackupError, back_up, restore
from tests.support.jobs import claim, enqueue, names, render

ORPHAN = "0" * 32


@pytest.fixture
async def backup(stores: Stores, tmp_path: Path) -> Path:
    """A backup of a database with one finished job and one that waits, made while the stores are open."""
    await enqueue(stores, "painted")
    await render(stores, await claim(stores))
    await enqueue(stores, "waits")
    (tmp_path / "blobs" / ORPHAN).write_bytes(b"named by no row")
    contents = back_up(tmp_path / "vitrage.db", tmp_path / "blobs", tmp_path / "backup.tar")
    assert (contents.rows["job"], len(contents.sums), contents.missing) == (2, 1 + 5, 0)
    return tmp_path / "backup.tar"


def of_others(*files: Path) -> list[Path]:
    """Return those of the files that others than this user may read."""
    return [file for file in files if file.stat().st_mode & 0o077]


def named(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder whose names are like this."""
    return list(folder.rglob(pattern))


async def test_a_backup_of_a_database_in_use_has_all_of_it(stores: Stores, backup: Path, tmp_path: Path) -> None:
    """Also what is only in the write-ahead log; nothing else, and nobody else may read it."""
    restore(backup, tmp_path / "new" / "vitrage.db", tmp_path / "new" / "blobs")
    async with open_sqlite(tmp_path / "new" / "vitrage.db", tmp_path / "new" / "blobs") as restored:
        before, after = await stores.deliveries.unsettled(), await restored.deliveries.unsettled()
        assert before == after
        for job in after:
            assert await restored.blobs.get(job.content) == b"cat"
        assert await restored.blobs.get(after[0].result or job.content) == b"painted"
    assert names(tmp_path / "new" / "blobs") == names(tmp_path / "blobs") - {ORPHAN}
    assert not of_others(backup, tmp_path / "new" / "vitrage.db", *(tmp_path / "new" / "blobs").iterdir())
    assert not named(tmp_path, "*.unfinished*")


async def test_backups_while_jobs_come_and_go_are_each_of_one_moment(stores: Stores, tmp_path: Path) -> None:
    """No row of a backup names a picture that is not in it, although pictures are deleted all the time."""
    stop = asyncio.Event()

    async def work() -> None:
        number = 0
        while not stop.is_set():
            job = await enqueue(stores, f"u{number}")
            await stores.jobs.cancel(job.id)
            await stores.deliveries.finish(job.id)  # deletes its pictures
            number += 1

    working = [asyncio.create_task(work())]
    for number in range(4):
        file = tmp_path / f"{number}.tar"
        contents = await asyncio.to_thread(back_up, tmp_path / "vitrage.db", tmp_path / "blobs", file)
        assert contents.missing == 0
        await asyncio.to_thread(restore, file, tmp_path / f"{number}" / "db", tmp_path / f"{number}" / "blobs")
    stop.set()
    await asyncio.gather(*working)
    assert (await stores.jobs.tally())["queued"] == 0  # and the bot went on


async def test_a_picture_that_is_deleted_between_two_looks_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row names it no more, so that the next look finds all pictures."""
    database, blobs = tmp_path / "vitrage.db", tmp_path / "blobs"
    async with open_sqlite(database, blobs) as stores:
        gone, stays = await enqueue(stores, "gone"), await enqueue(stores, "stays")
    link = backup_module._linked

    def delete_before(blob: Path, target: Path) -> bool:
        monkeypatch.undo()
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("DELETE FROM job WHERE id = ?", [gone.id])
        (blobs / gone.content).unlink()
        return link(blobs / gone.content, target)

    monkeypatch.setattr(backup_module, "_linked", delete_before)
    contents = back_up(database, blobs, tmp_path / "backup.tar")
    assert (contents.rows["job"], contents.missing) == (1, 0)
    assert set(contents.sums) == {"vitrage.db", *(f"blobs/{key}" for key in (stays.content, *stays.styles))}


async def test_a_picture_that_was_lost_before_is_counted(stores: Stores, tmp_path: Path) -> None:
    """It does not prevent the backup of all others."""
    job = await enqueue(stores, "u")
    (tmp_path / "blobs" / job.content).unlink()
    contents = back_up(tmp_path / "vitrage.db", tmp_path / "blobs", tmp_path / "backup.tar")
    assert (contents.missing, len(contents.sums)) == (1, 1 + 1)
    assert "1 more are named, but were not there" in str(contents)


async def test_a_backup_replaces_nothing(stores: Stores, backup: Path, tmp_path: Path) -> None:
    """Neither a file, nor a database in use, nor one that is stopped."""
    database, blobs = tmp_path / "vitrage.db", tmp_path / "blobs"
    with pytest.raises(BackupError, match="exists already: give the backup another name"):
        back_up(database, blobs, backup)
    with pytest.raises(StoreLockedError):
        restore(backup, database, blobs)
    async with open_sqlite(tmp_path / "other" / "db", tmp_path / "other" / "blobs"):
        pass
    with pytest.raises(BackupError, match="move it and"):
        restore(backup, tmp_path / "other" / "db", tmp_path / "other" / "blobs")


def altered(backup: Path, change: str) -> Path:
    """Write the backup with one change; return the new file."""
    target = backup.with_name(f"{change}.tar")
    if change in ("cut", "text"):
        target.write_bytes(backup.read_bytes()[:-20000] if change == "cut" else b"Not a backup.")
        return target
    with tarfile.open(backup) as source, tarfile.open(target, "w") as archive:
        for member in source:
            file = source.extractfile(member)
            assert file is not None
            data = file.read()
            if change == "escape" and member.name == CONTENTS:
                data = json.dumps(json.loads(data) | {"sums": {"../escaped": hashlib.sha256(b"").hexdigest()}}).encode()
            elif change == "escape":
                member.name, data = "../escaped", b""
            elif change == "byte" and member.name.startswith("blobs/"):
                data = bytes([data[0] ^ 1, *data[1:]])
            elif change == "lost" and member.name.startswith("blobs/"):
                continue
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return target


@pytest.mark.parametrize("change", ["byte", "lost", "escape", "cut", "text"])
async def test_a_damaged_backup_is_refused_and_leaves_nothing(backup: Path, tmp_path: Path, change: str) -> None:
    """A changed byte, a missing picture, a path out of the folder, a file cut off, a file of another kind."""
    damaged = altered(backup, change)
    with pytest.raises(BackupError, match=r"damaged|not a backup"):
        restore(damaged, tmp_path / "new" / "db", tmp_path / "new" / "blobs")
    assert not (tmp_path / "new" / "blobs").exists()
    assert (tmp_path / "new" / "db").read_bytes() == b""
    assert not named(tmp_path, "escaped")
    restore(backup, tmp_path / "new" / "db", tmp_path / "new" / "blobs")  # and a good one can be used after it


async def test_the_command_backs_up_what_another_process_uses(stores: Stores, tmp_path: Path) -> None:
    """It says what it did."""
    await enqueue(stores, "u")
    file = tmp_path / "backup.tar"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.cli", "backup", file,
        env=os.environ | {"VITRAGE_DATA_DIR": str(tmp_path)}, stdout=PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert "2 pictures" in said.decode()
    assert (await stores.work.claim("w")) is not None


def test_the_commands_do_nothing_where_they_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They say why, in one sentence."""
    monkeypatch.setenv("VITRAGE_DATA_DIR", str(tmp_path / "none"))
    with pytest.raises(BackupError, match="nothing to back up"):
        app(["backup", str(tmp_path / "backup.tar")], standalone_mode=False)
    monkeypatch.setenv("VITRAGE_DATABASE", "postgresql://ann@db/vitrage")
    with pytest.raises(CommandError, match="pg_dump"):
        app(["restore", str(tmp_path / "backup.tar")], standalone_mode=False)

"""Backups of a SQLite database with its pictures: one tar file, made while the bot runs, and checked when it is read.

The database is read by a connection that can only read. SQLite's way to lose rows (see `file_lock`) needs two
connections that write or checkpoint; this one does neither, so that the database still has one owner.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bot.storage.errors import StoreError
from bot.storage.sqlite.database import NAMED_BLOBS
from bot.storage.sqlite.file_lock import locked

ROUNDS = 5  # snapshots that are tried until no picture is deleted while it is taken
CONTENTS, DATABASE = "contents.json", "vitrage.db"
MEMBER = re.compile(rf"{re.escape(DATABASE)}|blobs/[0-9a-f]{{32}}")
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


class BackupError(StoreError):
    """There is no backup, or it cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Contents:
    """What a backup holds.

    Attributes:
        rows: How many each table has.
        sums: The SHA-256 of each file, by its name in the archive.
        missing: How many pictures are named in the database but were not there.
    """

    rows: dict[str, int]
    sums: dict[str, str]
    missing: int

    def __str__(self) -> str:
        """Say it in one sentence for the operator."""
        lost = f"; {self.missing} more are named, but were not there" if self.missing else ""
        return f"{sum(self.rows.values())} rows in {len(self.rows)} tables, {len(self.sums) - 1} pictures{lost}"


def back_up(database: Path, blobs: Path, target: Path) -> Contents:
    """Write the database and the pictures that it names, as they are at one moment, and read the backup once.

    Args:
        database: the file, which may be in use.
        blobs: the folder of the pictures.
        target: the backup, which only this user may read; its folder may be on another disk.

    Raises:
        BackupError: there is no database, it is damaged, or the target exists.
        OSError: a file cannot be read or written.
    """
    if not database.is_file():
        raise BackupError(f"{database} is not there: nothing to back up. See VITRAGE_DATA_DIR and VITRAGE_DATABASE.")
    if target.exists():
        raise BackupError(f"{target} exists already: give the backup another name.")
    unfinished = target.with_name(f"{target.name}.unfinished")
    with _work_folder(blobs, "backup") as folder:
        rows, missing = _snapshot(database, blobs, folder)
        sums = {name: _sum(folder / name) for name in _members(folder)}
        contents = Contents(rows, sums, missing)
        (folder / CONTENTS).write_text(json.dumps(vars(contents)), encoding="utf-8")
        try:
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "r+b") as file:
                with tarfile.open(fileobj=file, mode="w") as archive:
                    for name in (CONTENTS, *sums):
                        archive.add(folder / name, name)
                file.flush()
                os.fsync(file.fileno())
            for _ in _read(unfinished):  # it can be read back, and is as it was written
                pass
            unfinished.rename(target)
        finally:
            unfinished.unlink(missing_ok=True)
    return contents


def restore(source: Path, database: Path, blobs: Path) -> Contents:
    """Put a backup where there is no database yet; nothing is put there before all of it is checked.

    Raises:
        BackupError: the backup is damaged, or there is a database already.
        StoreLockedError: a bot runs on it.
        OSError: a file cannot be read or written.
    """
    with locked(database), _work_folder(blobs, "restore") as folder:
        if database.stat().st_size:
            raise BackupError(f"{database} exists already: move it and {blobs} away first.")
        for name, data in _read(source):
            (folder / name).write_bytes(data)
        contents = _contents(source)
        rows = _checked_rows(folder / DATABASE)
        if rows != contents.rows:
            raise BackupError(f"{source} is damaged: its tables have other numbers of rows. Use another backup.")
        blobs.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in contents.sums:
            file = folder / name
            file.chmod(0o600)
            with file.open("rb") as written:
                os.fsync(written.fileno())
            if name != DATABASE:
                file.rename(blobs / file.name)
        beside = database.with_name(f"{database.name}.restored")
        shutil.copyfile(folder / DATABASE, beside)  # its folder may be on another disk
        beside.chmod(0o600)
        with beside.open("rb") as copied:
            os.fsync(copied.fileno())
        beside.rename(database)  # the last step: what is killed before it leaves an empty database, and is done again
    return contents


@contextmanager
def _work_folder(blobs: Path, purpose: str) -> Iterator[Path]:
    """Give an empty folder beside the pictures, so that they can be linked; what a killed run left there is deleted.

    Raises:
        BackupError: another run uses it.
    """
    blobs.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = blobs.with_name(f"{purpose}.unfinished")
    lock = FileLock(blobs.with_name(f"{purpose}.lock"), blocking=False, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise BackupError(f"Another {purpose} is under way: wait until it has ended.") from None
    try:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "blobs").mkdir(mode=0o700, parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def _snapshot(database: Path, blobs: Path, folder: Path) -> tuple[dict[str, int], int]:
    """Copy the database and link its pictures; return the rows of each table, and how many pictures are missing.

    A picture may be deleted between the look at the database and the link. Its row has changed too then, and the next
    look does not name it; one that is named again and again is lost.
    """
    for attempt in range(1, ROUNDS + 1):
        with closing(
            sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as reader:
            reader.execute("BEGIN")  # all reads below see one moment
            missing = sum(not _linked(blobs / key, folder / "blobs" / key) for (key,) in _named(reader, database))
            if missing and attempt < ROUNDS:
                continue
            with closing(sqlite3.connect(folder / DATABASE)) as copy:
                reader.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            named = {key for (key,) in _named(reader, database)}
        for file in (folder / "blobs").iterdir():  # of an earlier look
            if file.name not in named:
                file.unlink()
        return _checked_rows(folder / DATABASE), missing
    raise AssertionError("unreachable")


def _named(reader: sqlite3.Connection, database: Path) -> list[tuple[str]]:
    try:
        return reader.execute(NAMED_BLOBS).fetchall()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{database} cannot be read ({error}): is it the database of a bot?") from error


def _linked(blob: Path, link: Path) -> bool:
    """Link a picture, which stays then although its own name is deleted; False if it is gone."""
    try:
        link.hardlink_to(blob)
    except FileExistsError:  # of an earlier look
        return True
    except FileNotFoundError:
        return False
    return True


def _checked_rows(database: Path) -> dict[str, int]:
    """Return how many rows each table has.

    Raises:
        BackupError: the file is damaged.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            [[verdict]] = connection.execute("PRAGMA integrity_check(1)")
            if verdict != "ok":
                raise BackupError(f"The database in the backup is damaged ({verdict}): use another backup.")
            names = [name for (name,) in connection.execute(TABLES)]
            counts = (connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() for name in names)
            return {name: count for name, (count,) in zip(names, counts, strict=True)}
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The database in the backup is damaged ({error}): use another backup.") from error


def _members(folder: Path) -> list[str]:
    return [DATABASE, *sorted(f"blobs/{file.name}" for file in (folder / "blobs").iterdir())]


def _sum(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _contents(backup: Path) -> Contents:
    """Read what a backup says that it holds.

    Raises:
        BackupError: it is no backup of ours.
    """
    try:
        with tarfile.open(backup) as archive:
            file = archive.extractfile(CONTENTS)
            return Contents(**json.loads(file.read() if file else ""))
    except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise BackupError(f"{backup} is not a backup that `vitrage backup` has made ({error}).") from error


def _read(backup: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a backup by their names, each checked; the archive decides no path.

    Raises:
        BackupError: a file is missing, is one too many, or has changed.
    """
    left = dict(_contents(backup).sums)
    try:
        with tarfile.open(backup) as archive:
            for member in archive:
                if member.name == CONTENTS:
                    continue
                file = archive.extractfile(member)  # None: a folder, a link to nowhere, a device
                data = file.read() if file else b""
                known = MEMBER.fullmatch(member.name) and left.pop(member.name, None)
                if hashlib.sha256(data).hexdigest() != known:
                    raise BackupError(f"{backup} is damaged: {member.name!r} is not as it was. Use another backup.")
                yield member.name, data
    except tarfile.TarError as error:
        raise BackupError(f"{backup} is damaged ({error}): use another backup.") from error
    if left:
        raise BackupError(f"{backup} is damaged: {len(left)} of its files are missing. Use another backup.")

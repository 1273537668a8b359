"""One process per SQLite file, by a lock that ends with its process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.storage.errors import StoreLockedError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the database's lock while the block runs; the lock file names the process that holds it.

    SQLite before 3.51.3 can lose committed rows when two connections write and checkpoint at the same time
    (https://www.sqlite.org/wal.html#walresetbug), so only one process may use the file.

    Raises:
        StoreLockedError: another process holds the lock.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Created here, so that only this user can read it. SQLite gives its other files the same mode.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    file = path.with_name(path.name + ".lock")

    def write_holder(descriptor: int) -> None:
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())

    lock = FileLock(file, blocking=False, mode=0o600, preserve_lock_file=True, on_acquired=write_holder)
    try:
        lock.acquire()
    except Timeout:
        raise StoreLockedError(path, _holder(file)) from None
    try:
        yield
    finally:
        lock.release()


def _holder(file: Path) -> str:
    """Return what the lock file says; Windows lets nobody read a file that is locked."""
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""

"""One owner per SQLite file, by a lock that dies with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.storage.errors import StoreOwnedError


@contextmanager
def owned(path: Path) -> Iterator[None]:
    """Own the database while the block runs; refuse with a reason if another process does.

    SQLite before 3.51.3 can lose committed rows when two connections write and checkpoint together.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock")
    # Created here, so that nobody but the owner can read what SQLite writes (its other files copy this mode).
    for file in (lock, path):
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    with lock.open("r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreOwnedError(path, held.read().strip()) from None
        held.truncate()
        held.write(f"{os.getpid()}\n")
        held.flush()
        yield  # closing the file gives the lock back

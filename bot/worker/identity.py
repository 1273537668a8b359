"""What a worker is called in a queue that several hosts share."""

from __future__ import annotations

import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


class IdentityTakenError(Exception):
    """Another process works under the name of this folder; the message says what to do."""


@contextmanager
def identity(folder: Path) -> Iterator[str]:
    """Give the name of the worker with this folder, and hold it during the block.

    It is the same at every start, so that a worker takes up again at once what it left, and no other worker's: a
    random part is kept in the folder, and the host's name tells a copy of the folder from it.

    Raises:
        IdentityTakenError: A worker with this folder runs already.
    """
    lock = FileLock(folder / "worker.lock", blocking=False, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise IdentityTakenError(
            f"A painter with the folder {folder} runs already: give each one a VITRAGE_DATA_DIR of its own."
        ) from None
    try:
        file = folder / "worker"
        known = file.read_text(encoding="ascii").strip() if file.exists() else ""
        if not known:  # also after a crash that left an empty file
            known = secrets.token_hex(8)
            file.write_text(known, encoding="ascii")
        yield f"{platform.node()} {known}"
    finally:
        lock.release()

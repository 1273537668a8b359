"""SQLite's errors as the errors of a store, by the result codes of https://www.sqlite.org/rescode.html."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.storage.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFailingError,
    StoreFullError,
    StoreReadOnlyError,
)

_PRIMARY = 0xFF  # the lowest byte of an extended code is the primary one


def store_error(error: BaseException, path: Path) -> StoreError | None:
    """Return what an error of SQLite means for the store; None for errors of the program itself.

    Args:
        error: Anything.
        path: The database's file, for the message.
    """
    code: int = getattr(error, "sqlite_errorcode", 0) if isinstance(error, sqlite3.Error) else 0
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return StoreDamagedError(path, "it was moved or deleted while it was in use")
    match code & _PRIMARY:
        case sqlite3.SQLITE_FULL:
            return StoreFullError()
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return StoreBusyError()
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return StoreReadOnlyError()
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_NOMEM:
            return StoreFailingError(error)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return StoreDamagedError(path, error)
    return None

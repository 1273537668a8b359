"""What can go wrong with a store, each as one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """A store cannot be used."""


class StoreFullError(StoreError):
    """The disk is full: nothing was changed. Free some space, and everything goes on by itself."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class StoreLockedError(StoreError):
    """Another process uses the database."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(
            f"{path} belongs to process {holder or '(unknown)'}: SQLite has one owner, because two writers can lose "
            "rows. Stop that process first."
        )


class StoreDamagedError(StoreError):
    """The file is no database, or cannot be read as one."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"{path} cannot be used as a database ({reason}): move it away, or put a backup in its place.")


class StoreVersionError(StoreError):
    """The database was written by another version of the program."""

    def __init__(self, path: Path, found: int, oldest: int, newest: int) -> None:
        mend = "update the program" if found > newest else "move it away to begin with an empty one"
        super().__init__(f"{path} has version {found}, but this program reads versions {oldest} to {newest}: {mend}.")

"""What can go wrong with a store, each as one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """A store cannot be used."""


class StoreFullError(StoreError):
    """The disk is full: nothing was changed. Free some space, and everything goes on by itself."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class StoreOwnedError(StoreError):
    """Another process owns the database."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(
            f"{path} belongs to process {owner or '(unknown)'}: SQLite has one owner, because two writers can lose "
            "rows. Stop that process, or use PostgreSQL to run the bot and its workers apart."
        )


class StoreDamagedError(StoreError):
    """The file is no database, or cannot be read as one."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(f"{path} cannot be used as a database ({reason}): move it away, or put a backup in its place.")


class StoreNewerError(StoreError):
    """The database was written by a newer program."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} has version {found}, but this program knows only versions up to {known}: update the program."
        )

"""What can go wrong with a store, each as one sentence that says what to do."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """A store cannot be used."""


class StoreUnavailableError(StoreError):
    """A store cannot be used at the moment: nothing was changed, and the call may be repeated later."""

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or self.__doc__)


class StoreFullError(StoreUnavailableError):
    """The disk is full: nothing was changed. Free some space, and everything goes on by itself."""


class StoreBusyError(StoreUnavailableError):
    """Another program keeps the database locked, such as a backup or a viewer: close it, or wait until it is done."""


class StoreReadOnlyError(StoreUnavailableError):
    """The disk or the files of the database and the pictures are read-only: make them writable."""


class StoreFailingError(StoreUnavailableError):
    """The disk cannot be read or written."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"The disk cannot be read or written ({reason}): look into the kernel's log (dmesg), and mend it."
        )


class StoreUnreachableError(StoreUnavailableError):
    """PostgreSQL does not answer."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"PostgreSQL does not answer ({reason}): see that it runs and that VITRAGE_DATABASE names it; "
            "then everything goes on by itself."
        )


class BucketUnavailableError(StoreUnavailableError):
    """The bucket of the pictures cannot be used at the moment."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"The S3 server does not do what it is asked ({reason}): see that it runs, and that VITRAGE_BLOBS and the "
            "variables AWS_* name it; then everything goes on by itself."
        )


class BucketRefusedError(StoreError):
    """The bucket of the pictures can never be used like this."""

    def __init__(self, reason: object, mend: str = "correct VITRAGE_BLOBS, or the variables AWS_*") -> None:
        super().__init__(f"The pictures cannot be kept on S3 ({reason}): {mend}.")


class StoreRefusedError(StoreError):
    """PostgreSQL answers, but the program cannot work with what it offers."""

    def __init__(self, reason: object, mend: str = "correct VITRAGE_DATABASE, or what the server allows") -> None:
        super().__init__(f"PostgreSQL cannot be used ({reason}): {mend}.")


class StoreLockedError(StoreError):
    """Another process uses the database."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(
            f"{path} belongs to process {holder or '(unknown)'}: SQLite has one owner, because two writers can lose "
            "rows. Stop that process first."
        )


class StoreDamagedError(StoreError):
    """The file is no database, or cannot be read as one."""

    def __init__(self, name: object, reason: object) -> None:
        super().__init__(f"{name} cannot be used as a database ({reason}): move it away, or put a backup in its place.")


class StoreVersionError(StoreError):
    """The database was written by another version of the program."""

    def __init__(self, name: object, found: int, oldest: int, newest: int) -> None:
        mend = "update the program" if found > newest else "move it away to begin with an empty one"
        super().__init__(f"{name} has version {found}, but this program reads versions {oldest} to {newest}: {mend}.")

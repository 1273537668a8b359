"""Which SQL files create a database, or bring an older one to this release."""

from __future__ import annotations

from pathlib import Path

from bot.storage.errors import StoreVersionError

FIRST = 10  # the version of a `schema.sql` that no migration has changed yet


def scripts(found: int, schema: Path, folder: Path, name: object) -> tuple[list[Path], int]:
    """Return the files to run, in order, and the version that a database has afterwards.

    Args:
        found: The version of the database; 0 for an empty one.
        schema: What creates a database of the newest version.
        folder: Migrations named `NNNN_what.sql`; NNNN is the version that the file makes.
        name: What the database is called in the error.

    Raises:
        StoreVersionError: It is newer than this release, or older than the first migration can start from.
    """
    by_version = {int(file.name[:4]): file for file in sorted(folder.glob("[0-9]*.sql"))}
    oldest, newest = min(by_version, default=FIRST + 1) - 1, max(by_version, default=FIRST)
    if not found:
        return [schema], newest
    if not oldest <= found <= newest:
        raise StoreVersionError(name, found, oldest, newest)
    return [file for version, file in by_version.items() if version > found], newest

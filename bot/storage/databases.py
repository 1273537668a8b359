"""Which kind of database a URL names: SQLite, the default, or PostgreSQL, which needs an extra."""

from __future__ import annotations

import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bot.storage.errors import StoreRefusedError
from bot.storage.patience import OPENING
from bot.storage.protocols import Stores

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")


def open_stores(url: str, blobs_folder: Path, *, patience: float = OPENING) -> AbstractAsyncContextManager[Stores]:
    """Open the stores on the database that a URL names.

    Args:
        url: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME.
        blobs_folder: the folder of the pictures; PostgreSQL keeps them itself.
        patience: seconds for the database to become usable.

    Raises:
        StoreError: it cannot be used, or what PostgreSQL needs is not installed.
    """
    if url.startswith(SQLITE):
        from bot.storage.sqlite import open_sqlite

        return open_sqlite(Path(url.removeprefix(SQLITE)), blobs_folder, patience=patience)
    try:
        from bot.storage.postgres import open_postgres
    except ImportError as error:
        mend = "install it with: pip install 'vitrage[postgres]'"
        raise StoreRefusedError(f"its driver is missing: {error}", mend) from error
    return open_postgres(url, patience=patience)


def shown(url: str) -> str:
    """Return the URL as people may see it, without its password."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1@", url).removeprefix(SQLITE)

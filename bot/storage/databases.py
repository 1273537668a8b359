"""Which kind of database a URL names: SQLite, the default, or PostgreSQL, which needs an extra."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path

from bot.storage.errors import BucketRefusedError, StoreRefusedError
from bot.storage.models import QUEUES
from bot.storage.patience import OPENING
from bot.storage.protocols import Stores

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")


def open_stores(
    url: str,
    blobs_folder: Path,
    bucket_url: str | None = None,
    *,
    queues: Collection[str] = QUEUES,
    patience: float = OPENING,
) -> AbstractAsyncContextManager[Stores]:
    """Open the stores on the database that a URL names.

    Args:
        url: sqlite:///FILE, or postgresql://USER:PASSWORD@HOST/NAME.
        blobs_folder: the folder of the pictures; PostgreSQL keeps them itself.
        bucket_url: s3://BUCKET/FOLDER, where the pictures are kept instead; only with PostgreSQL.
        queues: from which jobs are claimed, where hosts share them; only with PostgreSQL.
        patience: seconds for the database to become usable.

    Raises:
        StoreError: it cannot be used, or what PostgreSQL or the bucket needs is not installed.
    """
    if url.startswith(SQLITE):
        if bucket_url:
            raise BucketRefusedError(
                "the database is SQLite", "set VITRAGE_DATABASE to postgresql://…, or no VITRAGE_BLOBS"
            )
        from bot.storage.sqlite import open_sqlite

        return open_sqlite(Path(url.removeprefix(SQLITE)), blobs_folder, patience=patience)
    check_extras(bucket_url)
    from bot.storage.postgres import open_postgres

    return open_postgres(url, bucket_url, queues=queues, patience=patience)


def check_extras(bucket_url: str | None) -> None:
    """Return if what PostgreSQL, and the bucket if there is one, need is installed.

    Raises:
        StoreError: it is not.
    """
    try:
        import bot.storage.postgres  # noqa: F401 - whether it can be
    except ImportError as error:
        mend = "install it with: pip install 'vitrage[postgres]'"
        raise StoreRefusedError(f"its driver is missing: {error}", mend) from error
    if bucket_url and not find_spec("obstore"):
        raise BucketRefusedError("obstore is missing", "install it with: pip install 'vitrage[s3]'")


def active_bot(url: str, stop: asyncio.Event) -> AbstractAsyncContextManager[asyncio.Event]:
    """Wait until no other process answers for the bot of this database, and be the only one during the block.

    Telegram has one poller and one set of limits for a token: a second process stands by, and takes over.

    Args:
        url: Of a database that was opened before.
        stop: Once it is set, nothing is waited for.

    Returns:
        Gives an event that is set once the process must not answer any more: `stop` is set, or the connection is lost
        by which the server knows it, so that another process may answer.
    """
    if url.startswith(SQLITE):
        return nullcontext(stop)  # one process has the file, and so the bot
    from bot.storage.postgres import active

    return active.active_bot(url, stop)


def shown(url: str) -> str:
    """Return the URL as people may see it, without its password."""
    return re.sub(r"(?<=://)([^/@:]*):[^/@]*@", r"\1@", url).removeprefix(SQLITE)

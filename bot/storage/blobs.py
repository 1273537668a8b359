"""Pictures as files: one file per blob, named by a random key."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import secrets
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path

from bot.storage.errors import StoreFailingError, StoreFullError, StoreReadOnlyError
from bot.storage.models import BlobKey

KEY = re.compile(r"[0-9a-f]{32}")
_UNFINISHED = ".part"  # what a blob's file is called until all of it is on the disk
_FULL = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


class FileBlobStore:
    """Blobs in one folder that nobody else reads. File work runs in threads, off the event loop.

    Every method raises StoreUnavailableError where the disk is full, read-only or failing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    async def put(self, data: bytes) -> BlobKey:
        """Write the bytes durably and return their key."""
        key = BlobKey(secrets.token_hex(16))
        await self.put_as(key, data)
        return key

    async def put_as(self, key: BlobKey, data: bytes) -> None:
        """Write the bytes durably under a key of another store."""
        with _store_errors():
            await asyncio.to_thread(self._write, self._folder / key, data)

    async def get(self, key: BlobKey) -> bytes:
        """Return the bytes; KeyError if they are gone."""
        if not KEY.fullmatch(key):
            raise KeyError(key)
        with _store_errors():
            try:
                return await asyncio.to_thread((self._folder / key).read_bytes)
            except FileNotFoundError:
                raise KeyError(key) from None

    async def delete(self, key: BlobKey) -> None:
        """Delete the bytes; what is not a key of this store is ignored."""
        if KEY.fullmatch(key):
            with _store_errors():
                await asyncio.to_thread((self._folder / key).unlink, missing_ok=True)

    async def sweep(self, named: AbstractSet[str]) -> int:
        """Delete the blobs that no row names, left by a crash between two steps; return how many."""
        with _store_errors():
            return await asyncio.to_thread(self._sweep, named)

    def _sweep(self, named: AbstractSet[str]) -> int:
        # Only files that are named like blobs: the folder may have been set to a home directory by mistake.
        ours = [file for file in self._folder.iterdir() if KEY.fullmatch(file.name.removesuffix(_UNFINISHED))]
        orphans = [file for file in ours if file.name not in named]
        for file in orphans:
            file.unlink(missing_ok=True)
        return len(orphans)

    def _write(self, path: Path, data: bytes) -> None:
        unfinished = path.with_suffix(_UNFINISHED)
        try:
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
            self._sync_folder()
        except OSError:
            with suppress(OSError):  # the next start sweeps it
                unfinished.unlink(missing_ok=True)
            raise

    def _sync_folder(self) -> None:
        """Make the new name itself survive power loss."""
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _store_errors() -> Iterator[None]:
    """Convert what the file system reports."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFullError from error
        if error.errno in _READ_ONLY:
            raise StoreReadOnlyError from error
        raise StoreFailingError(error.strerror) from error

"""Pictures: as files, and what every other kind of blob store promises too."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot.storage.blobs import FileBlobStore
from bot.storage.errors import StoreFullError
from bot.storage.models import BlobKey
from bot.storage.protocols import Stores
from tests.support.databases import WITH_EVERY_BLOB_STORE, Opener
from tests.support.jobs import ALICE, BOB, Clock, claim, enqueue, eventually, kept_blobs, names, render


@WITH_EVERY_BLOB_STORE
async def test_blobs_are_kept_and_deleted(opener: Opener) -> None:
    """What was put can be read, also after a restart, until it is deleted; deleting twice is no error."""
    async with opener() as stores:
        key = await stores.blobs.put(b"picture")
        job = await enqueue(stores, "u1", start=key)  # on SQLite, what no row names goes at the start
    async with opener() as stores:
        assert await stores.blobs.get(key) == b"picture"
        assert await stores.blobs.get(job.content) == b"cat"
        assert await stores.blobs.put(b"picture") != key
        await stores.blobs.delete(key)
        await stores.blobs.delete(key)
        with pytest.raises(KeyError):
            await stores.blobs.get(key)


@WITH_EVERY_BLOB_STORE
async def test_what_a_user_forgets_is_nowhere(stores: Stores) -> None:
    """Each picture goes that only rows of the user named, and none that a row of somebody else still names."""
    shared = await stores.blobs.put(b"shared")
    await enqueue(stores, "u1", start=shared)
    other = await enqueue(stores, "u2", start=shared, address=BOB)
    await stores.people.forget(ALICE.user_id)

    await eventually(lambda: _kept(stores, {shared, other.content, *other.styles}))
    assert await stores.blobs.get(shared) == b"shared"


@WITH_EVERY_BLOB_STORE
async def test_pictures_go_a_day_after_the_delivery(stores: Stores, clock: Clock) -> None:
    """Not sooner, for the buttons under them need them."""
    await enqueue(stores, "u1")
    job = await claim(stores)
    picture = await render(stores, job)
    await stores.deliveries.finish(job.id, keep=True)
    await eventually(lambda: _kept(stores, {picture}))
    clock.now += 23 * 3600
    await stores.people.prune()
    assert await stores.blobs.get(picture) == b"painted"
    clock.now += 2 * 3600
    await stores.people.prune()
    await eventually(lambda: _kept(stores, set()))


async def _kept(stores: Stores, keys: set[str]) -> bool:
    return await kept_blobs(stores) == keys


async def test_blobs_are_private(tmp_path: Path) -> None:
    """Nobody else on the machine can read or list them."""
    blobs = FileBlobStore(tmp_path / "blobs")
    key = await blobs.put(b"picture")
    assert (tmp_path / "blobs").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "blobs" / key).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("key", ["", ".", "../secret", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a\0b"])
async def test_a_key_is_never_a_path(tmp_path: Path, key: BlobKey) -> None:
    """No key reads or deletes anything outside the folder."""
    (tmp_path / "secret").write_bytes(b"secret")
    blobs = FileBlobStore(tmp_path / "blobs")
    with pytest.raises(KeyError):
        await blobs.get(key)
    await blobs.delete(key)
    assert (tmp_path / "secret").exists()


async def test_a_sweep_deletes_orphans_and_nothing_of_others(tmp_path: Path) -> None:
    """Blobs that no row names are deleted, half-written files too; other files stay."""
    blobs = FileBlobStore(tmp_path)
    kept, orphan = await blobs.put(b"kept"), await blobs.put(b"orphan")
    (tmp_path / f"{'0' * 32}.part").write_bytes(b"half")
    (tmp_path / "holiday.jpg").write_bytes(b"not ours")
    assert await blobs.sweep({kept}) == 2
    assert names(tmp_path) == {kept, "holiday.jpg"}
    with pytest.raises(KeyError):
        await blobs.get(orphan)


async def test_a_full_disk_leaves_no_half_blob(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blob that does not fit raises StoreFullError and leaves no file; later it works again."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    blobs = FileBlobStore(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreFullError, match="disk is full"):
            await blobs.put(b"picture")
    assert names(tmp_path) == set()
    assert await blobs.get(await blobs.put(b"picture")) == b"picture"

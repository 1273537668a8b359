"""The files of a tar archive, plain or packed by gzip, bzip2 or xz."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import math
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from engine.errors import EngineError
from engine.study.pictures.members import MAX_RATIO, Member, UnreadableError, decoded, member

MAX_UNPACKED = 4_000_000_000
"""Bytes that a packed archive may have when unpacked: it is unpacked from its beginning to reach a file."""

ALWAYS = 256_000_000
"""So many bytes, however small the archive is."""

LONGEST_HEADER = 1_000_000
"""Bytes that a header may have: tarfile reads it into memory, as large as it says it is."""

_BROKEN = (tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, OverflowError)


class _TooLargeError(EngineError):
    """An archive unpacks to more than is accepted."""


class _Guarded(io.RawIOBase):
    """An unpacked archive of which no more is read than its limits allow.

    Args:
        file: Unpacks as it is read.
        limit: Of its position.
    """

    def __init__(self, file: BinaryIO, limit: float) -> None:
        self._file = file
        self._limit = limit
        self.longest = LONGEST_HEADER

    def read(self, size: int = -1, /) -> bytes:
        if size < 0 or size > self.longest:
            raise tarfile.ReadError("a header is too long")
        self._check(self.tell() + size)
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._check(offset)
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def _check(self, position: int) -> None:
        if position > self._limit + tarfile.RECORDSIZE:
            raise _TooLargeError("unpacks to more than is accepted")


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Member]]:
    """Open a tar archive for as long as its files are read, and list them.

    Raises:
        EngineError: It is none, or it is damaged before its first file.
    """
    with path.open("rb") as packed:
        magic = packed.read(6)
        packed.seek(0)
        file = _unpacked(packed, magic)
        limit = min(MAX_UNPACKED, max(ALWAYS, MAX_RATIO * path.stat().st_size))
        guarded = _Guarded(file, math.inf if file is packed else limit)
        try:
            archive = tarfile.open(fileobj=cast(BinaryIO, guarded), mode="r:", errors="surrogateescape")  # noqa: SIM115
        except _BROKEN:
            raise EngineError(
                f"{path.name} is neither a folder nor a zip or tar archive, or is damaged; unpack others first."
            ) from None
        with archive:
            yield _members(archive, guarded)


def _unpacked(packed: BinaryIO, magic: bytes) -> BinaryIO:
    if magic.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=packed))
    if magic.startswith(b"BZh"):
        return cast(BinaryIO, bz2.BZ2File(packed))
    return cast(BinaryIO, lzma.LZMAFile(packed)) if magic == b"\xfd7zXZ\0" else packed


def _members(archive: tarfile.TarFile, guarded: _Guarded) -> Iterator[Member]:
    """List the files; where the archive ends early, the last one is refused and says so."""
    try:
        for info in archive:
            if not info.isdir():
                yield _member(archive, guarded, info)
        guarded.seek(archive.offset)
        whole = guarded.read(tarfile.BLOCKSIZE) == bytes(tarfile.BLOCKSIZE)
    except _TooLargeError as error:
        yield _rest(str(error))
        return
    except _BROKEN:
        whole = False
    if not whole:
        yield _rest("is damaged, or the archive ends early")


def _rest(refused: str) -> Member:
    def read() -> bytes:
        raise UnreadableError(refused)

    return Member("the rest of the archive", 0, read, refused)


def _member(archive: tarfile.TarFile, guarded: _Guarded, info: tarfile.TarInfo) -> Member:
    refused = None
    if info.issym() or info.islnk():
        refused = "is a link"
    elif not info.isreg():
        refused = "is not a regular file"
    name = decoded(info.name.encode("utf-8", "surrogateescape"))
    return member(name.removeprefix("./"), info.size, partial(_read, archive, guarded, info), refused)


def _read(archive: tarfile.TarFile, guarded: _Guarded, info: tarfile.TarInfo) -> bytes:
    guarded.longest = max(LONGEST_HEADER, info.size)
    try:
        file = archive.extractfile(info)
        data = file.read() if file else b""
    except (*_BROKEN, EngineError):
        raise UnreadableError("is damaged in the archive") from None
    finally:
        guarded.longest = LONGEST_HEADER
    if len(data) < info.size:
        raise UnreadableError("is damaged in the archive")
    return data

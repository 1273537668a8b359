"""The files of a zip archive."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from engine.errors import EngineError
from engine.study.pictures.members import MAX_BYTES, Member, UnreadableError, decoded, member, unusual

UTF8 = 0x800  # PKWARE's APPNOTE 4.4.4: general purpose bits
ENCRYPTED = 0x1
KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Member]]:
    """Open a zip archive for as long as its files are read, and list them.

    Raises:
        EngineError: It is damaged.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
        raise EngineError(f"{path.name} is a damaged or incomplete zip archive ({error}); get it again.") from None
    with archive:
        yield (_member(archive, info) for info in archive.infolist() if not info.is_dir())


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    refused = unusual(info.external_attr >> 16)
    if info.flag_bits & ENCRYPTED:
        refused = "is encrypted"
    elif info.compress_type not in KNOWN:
        refused = "is packed in a way that is not known"
    return member(_name(info), info.file_size, partial(_read, archive, info), refused, info.compress_size)


def _name(info: zipfile.ZipInfo) -> str:
    """Return a name as its author saw it: without the bit for UTF-8, zipfile decodes it as cp437."""
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        name = decoded(name.encode("cp437"))
    return name if "/" in name else name.replace("\\", "/")  # some programs for Windows write it so


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            data = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError):
        raise UnreadableError("is damaged in the archive") from None
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    return data

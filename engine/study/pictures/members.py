"""What a folder or an archive holds: files by name that are not read yet, and why some are not wanted."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.errors import EngineError

MAX_FILES = 20_000
MAX_BYTES = 100_000_000
"""Of one file, when unpacked."""

MAX_RATIO = 200
"""How many times larger than packed a file may be, beyond `SMALL` bytes: pictures are hardly packed at all."""

SMALL = 10_000_000

_HIDDEN = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar")

_MIXED = re.compile(r"[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]")

Reader = Callable[[], bytes]


class UnreadableError(EngineError):
    """A file of an archive cannot be read; the message is the reason, to be put behind the file's name."""


@dataclass(frozen=True)
class Member:
    """A file of a folder or an archive.

    Attributes:
        name: Its path there, with slashes; what cannot be printed is escaped.
        size: In bytes, as the archive states it.
        read: Returns its bytes; raises `UnreadableError`.
        refused: Why it is not wanted, such as `is a link`; None: it is.
    """

    name: str
    size: int
    read: Reader
    refused: str | None


def member(name: str, size: int, read: Reader, refused: str | None = None, packed: int | None = None) -> Member:
    """Judge a file by what is known before it is read.

    Args:
        name: Its path as the archive has it.
        size: In bytes when unpacked.
        read: Returns its bytes.
        refused: What the kind of archive has against it already.
        packed: Bytes in the archive, where it is packed alone.
    """
    return Member(printable(name), size, read, refused or _objection(name, size, packed))


def _objection(name: str, size: int, packed: int | None) -> str | None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        return "has a path that leads out of the archive"
    if any(part in _HIDDEN or part.startswith(".") for part in path.parts):
        return "is a hidden file"
    if name.lower().endswith(_ARCHIVES):
        return "is an archive in the archive; unpack it first"
    if size > MAX_BYTES:
        return f"is larger than {MAX_BYTES // 1_000_000} MB"
    if packed is not None and size > SMALL and size > MAX_RATIO * packed:
        return f"is packed to less than 1/{MAX_RATIO} of its size, as no picture is"
    return None


def unusual(mode: int) -> str | None:
    """Return why a file of this mode (`stat.st_mode`) is not read; None for regular files, and where no kind is set."""
    if stat.S_ISLNK(mode):
        return "is a link"
    return None if stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0 else "is not a regular file"


def printable(name: str) -> str:
    """Return a name without what would harm a terminal, a page or a table: control characters and broken text."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in name
    )


def decoded(raw: bytes) -> str:
    """Return a file name of unknown encoding: UTF-8, or else the one that old programs for Windows used.

    Russian Windows wrote cp866 into zip archives, others cp437. A name is taken for Russian if all its letters beyond
    ASCII are, and none stands beside a Latin one.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        russian = raw.decode("cp866")
        foreign = [char for char in russian if ord(char) > 127]
        cyrillic = all("А" <= char <= "я" or char in "Ёё№" for char in foreign)
        return russian if cyrillic and not _MIXED.search(russian) else raw.decode("cp437")

"""The files of a folder and the folders in it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from engine.study.pictures.members import Member, UnreadableError, member, unusual


def members(root: Path) -> Iterator[Member]:
    """List a folder, sorted. Links are not followed: they could lead in circles, or to what was not meant."""
    for path in sorted(root.iterdir()):
        yield from _below(path, root)


def _below(path: Path, root: Path) -> Iterator[Member]:
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        name = path.relative_to(root).as_posix()
        yield member(name, status.st_size, partial(_read, path), unusual(status.st_mode))
        return
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        name = path.relative_to(root).as_posix()
        yield member(name, 0, partial(_read, path), f"is a folder that cannot be read ({error.strerror})")
        return
    for entry in entries:
        yield from _below(entry, root)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from None

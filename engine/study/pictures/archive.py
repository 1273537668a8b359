"""Listing a folder, a zip archive or a tar archive. Nothing is ever extracted to the disk."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.errors import EngineError
from engine.study.pictures import folders, tars, zips
from engine.study.pictures.members import MAX_FILES, Member


@contextmanager
def opened(path: Path) -> Iterator[list[Member]]:
    """Open a folder or an archive for as long as its files are read, and list them in its own order.

    A file whose name an earlier one has is refused.

    Raises:
        EngineError: It is neither, cannot be read, or holds more than `MAX_FILES` files.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise EngineError(f"There is no {path}; give a folder, a zip or a tar archive of pictures.") from None
    if stat.S_ISDIR(mode):
        yield _listed(path, folders.members(path))
    elif not stat.S_ISREG(mode):
        raise EngineError(f"{path} is neither a folder nor an archive; give a folder, a zip or a tar archive.")
    else:
        with path.open("rb") as file:
            module = zips if file.read(2) == b"PK" else tars
        with module.opened(path) as members:
            yield _listed(path, members)


def _listed(path: Path, members: Iterable[Member]) -> list[Member]:
    names: set[str] = set()
    found: list[Member] = []
    for each in members:
        again = each.name in names
        found.append(replace(each, refused="has the name of an earlier file") if again else each)
        names.add(each.name)
        if len(found) > MAX_FILES:
            raise EngineError(f"{path.name} holds more than {MAX_FILES} files; give fewer.")
    return found

"""The rows of a study that are finished, on the disk as soon as each is: a study can go on after any interruption."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from engine.errors import EngineError
from engine.study import durable
from engine.study.pictures.gather import Picture
from engine.study.records import MetricDescription, Painted, Settings

NAME = "journal.jsonl"


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What all rows of a study rest on: where it differs, they are another study's.

    Attributes:
        settings: Of the study.
        pictures: With their digests.
        metrics: Of the study.
        weights: SHA-256 of the weights of each network.
        versions: Of the libraries.
    """

    settings: Settings
    pictures: list[Picture]
    metrics: list[MetricDescription]
    weights: list[str]
    versions: dict[str, str]


class _Line(msgspec.Struct, frozen=True):
    key: str
    row: Painted


class Journal:
    """Finished rows by the keys of their tasks, in a file with a line for each.

    A line that was cut off is dropped, and so is a row whose output is gone, or that tells an error: these tasks are
    done again.

    Args:
        folder: Of the study.
        header: Of the study that is to be run or to go on.

    Attributes:
        rows: All that are finished.

    Raises:
        EngineError: The folder holds another study.
    """

    def __init__(self, folder: Path, header: Header) -> None:
        path = folder / NAME
        self.rows: dict[str, Painted] = {}
        kept = [msgspec.json.encode(header)]
        if path.exists():
            first, *lines = path.read_bytes().split(b"\n")
            if _header(first) != header:
                raise EngineError(
                    f"{folder} holds a study of other pictures or with other settings; choose another folder, or "
                    "repeat the command that began it."
                )
            kept += [line for line in lines[:-1] if self._keep(folder, line)]  # after the last newline nothing is whole
        durable.write(path, b"".join(line + b"\n" for line in kept))
        self._file = path.open("ab")

    def _keep(self, folder: Path, line: bytes) -> bool:
        try:
            found = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError:
            return False
        whole = found.row.file is not None and (folder / "pictures" / found.row.file).is_file()
        if whole:
            self.rows[found.key] = found.row
        return whole

    def add(self, key: str, row: Painted) -> None:
        """Keep a row; when this returns, it is on the disk."""
        self._file.write(msgspec.json.encode(_Line(key, row)) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.rows[key] = row

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _header(line: bytes) -> Header | None:
    try:
        return msgspec.json.decode(line, type=Header)
    except msgspec.DecodeError:
        return None

"""The votes of a study, in the file `votes.sqlite` of its folder (`schema.sql`).

Every call opens the file, makes one transaction and closes it. The page, a bot and a report may use one file at once:
SQLite's own lock puts their calls in order. The file has a rollback journal, because a write-ahead log with several
processes can lose what was committed (SQLite before 3.51.3), and is flushed to the disk before a call returns.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

from engine.errors import EngineError

NAME = "votes.sqlite"
SCHEMA = Path(__file__).with_name("schema.sql")
VERSION = 1
PATIENCE = 10.0  # seconds that a call waits for another one

Choice = Literal["left", "right", "equal"]

_VOTE = 'voter, content, style, "left", "right", choice'
_CAST = f"INSERT OR REPLACE INTO vote ({_VOTE}, at) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - made of constants
_ALL = f"SELECT {_VOTE} FROM vote ORDER BY id"  # noqa: S608 - made of constants
_UNDO = f"DELETE FROM vote WHERE id = (SELECT max(id) FROM vote WHERE voter = ?) RETURNING {_VOTE}"  # noqa: S608


@dataclass(frozen=True)
class Vote:
    """What one person said of two outputs of the same content and style.

    Attributes:
        voter: Random number of the person.
        content: File name as in the results.
        style: File name as in the results.
        left: Method whose output stood on the left.
        right: Method whose output stood on the right.
        choice: Which was the better one.
    """

    voter: str
    content: str
    style: str
    left: str
    right: str
    choice: Choice


class VoteStore:
    """The votes in the folder of a study. Every method raises `EngineError` where the file cannot be used.

    Args:
        folder: Of the study.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def cast(self, vote: Vote) -> None:
        """Record a vote durably; it replaces the voter's earlier one on the same two outputs."""
        with self._transaction() as connection:
            connection.execute(_CAST, (*astuple(vote), time.time()))

    def undo(self, voter: str) -> Vote | None:
        """Take back the voter's last vote and return it; None if there is none."""
        with self._transaction() as connection:
            rows = connection.execute(_UNDO, (voter,)).fetchall()
        return Vote(*rows[0]) if rows else None

    def forget(self, voter: str) -> None:
        """Delete every vote of a voter, also from the free pages of the file."""
        if self._path.exists():
            with self._transaction() as connection:
                connection.execute("DELETE FROM vote WHERE voter = ?", (voter,))

    def votes(self) -> list[Vote]:
        """Return all votes in their order; none where nobody has voted, and then no file is made."""
        if not self._path.exists():
            return []
        with self._transaction() as connection:
            return [Vote(*row) for row in connection.execute(_ALL)]

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("BEGIN IMMEDIATE")
                with connection:  # commits, or rolls back after an error
                    self._prepare(connection)
                    yield connection
        except sqlite3.Error as error:
            raise EngineError(f"{self._path}: the votes cannot be read or written ({error}).") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Create the table in a new file.

        Raises:
            EngineError: Another version of the program wrote the file.
        """
        [version] = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in SCHEMA.read_text(encoding="utf-8").split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        elif version != VERSION:
            raise EngineError(
                f"{self._path} has votes of version {version}, and this program knows version {VERSION}: use the"
                " program that wrote it, or move the file away."
            )

"""What a move between SQLite and PostgreSQL asks of each: its tables, rows and pictures, whatever they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager
from graphlib import TopologicalSorter
from typing import Protocol

from bot.storage.errors import StoreError
from bot.storage.models import BlobKey

Tables = dict[str, tuple[str, ...]]
"""The columns of each table that are stored, not computed, in alphabetical order."""

Values = tuple[int | float | str | None, ...]
"""A row as SQLite has it: 0 and 1 for false and true, JSON as text."""

UPGRADE = "call `vitrage doctor` with it once, which brings it to this one"


class MoveError(StoreError):
    """Nothing can be moved like this; the message says what to do."""


class Origin(Protocol):
    """A database that nobody else uses, as it is at one moment.

    Attributes:
        name: What people call it.
        json_columns: Table and column of each JSON text that the database may write otherwise than it was given.
    """

    name: str
    json_columns: frozenset[tuple[str, str]]

    async def tables(self) -> Tables:
        """Return the tables that both kinds of database have; a table comes after those that it references."""

    async def count(self, table: str) -> int:
        """Return how many rows a table has."""

    def rows(self, table: str, columns: tuple[str, ...]) -> AsyncIterator[Values]:
        """Yield the rows of a table, in any order."""

    async def numbers(self) -> dict[str, int]:
        """Return the last number that each table has given to a row by itself; it is never given again."""

    async def named_pictures(self) -> set[BlobKey]:
        """Return the keys of the pictures that the rows name."""

    async def picture(self, key: BlobKey) -> bytes:
        """Return a picture; KeyError if it is gone."""


class Target(Origin, Protocol):
    """A database that nobody else uses, to be filled."""

    async def put_picture(self, key: BlobKey, data: bytes) -> None:
        """Store a picture durably, in place of one that has this key."""

    def filling(self) -> AbstractAsyncContextManager[None]:
        """Make the block one transaction."""

    async def replace(self, table: str, columns: tuple[str, ...], rows: AsyncIterator[Values]) -> None:
        """Put these rows in place of all rows of a table."""

    async def set_numbers(self, numbers: dict[str, int]) -> None:
        """Let the tables go on after these numbers."""


def in_order(tables: Tables, references: Iterable[tuple[str, str]]) -> Tables:
    """Return tables so that each comes after those that it references: pairs of names, the referenced one last."""
    graph: dict[str, set[str]] = {table: set() for table in sorted(tables)}
    for table, referenced in references:
        graph[table].add(referenced)
    return {table: tables[table] for table in TopologicalSorter(graph).static_order()}

"""What brings queued jobs to workers: something else on each kind of database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.storage.sql.database import Row, Transaction

LONGEST_DELAY = 60.0  # seconds; a job that seems to wait longer is due: the clock was set back since

# What a claim makes of a row, on both.
RUNS = """
state = 'running', worker = :worker, attempt = attempt + 1, progress = 0.0, seconds_left = NULL, stop_asked = FALSE
"""


class Carrier(Protocol):
    """Brings queued jobs to workers, in the transactions of the stores. The rows of `job` stay the truth.

    The fence of a row is what the carrier knows its claim by: one for each time that it is queued or claimed, so that
    no writes of an earlier claim are taken.
    """

    async def submit(self, t: Transaction, job: Row) -> Row:
        """Bring a job to a worker, once it is due, whose row has just become queued; return the row as it is now."""

    async def withdraw(self, t: Transaction, *fences: int) -> None:
        """Bring these no more, and let the next job of each user have its turn: their rows have left the queue."""

    async def claim(self, t: Transaction, worker: str) -> Row | None:
        """Let the due job run whose turn it is, of a user of whom no other runs; return its row, None without one."""

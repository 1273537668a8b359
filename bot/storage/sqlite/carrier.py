"""The carrier on SQLite, where one process has the queue: the rows themselves are what is claimed."""

from __future__ import annotations

from typing_extensions import override

from bot.storage.sql.carrier import LONGEST_DELAY, RUNS, Carrier
from bot.storage.sql.database import Row, Transaction

# The due job with the lowest virtual time, of a user of whom no other job runs.
CLAIM = f"""
UPDATE job SET {RUNS}, fence = fence + 1
WHERE id = (SELECT id FROM job
            WHERE state = 'queued' AND (available_at <= now_seconds() OR available_at > now_seconds() + :longest)
                  AND user_id NOT IN (SELECT user_id FROM job WHERE state = 'running')
            ORDER BY vt, id LIMIT 1)
RETURNING *
"""


class EmbeddedCarrier(Carrier):
    """Finds what is queued by looking at the rows: there is nothing to submit or to withdraw."""

    @override
    async def submit(self, t: Transaction, job: Row) -> Row:
        return job

    @override
    async def withdraw(self, t: Transaction, *fences: int) -> None:
        pass

    @override
    async def claim(self, t: Transaction, worker: str) -> Row | None:
        return await t.row(CLAIM, {"worker": worker, "longest": LONGEST_DELAY})

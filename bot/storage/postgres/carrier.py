"""The carrier on PostgreSQL: procrastinate, which brings the jobs of several hosts to their workers.

Each row that is queued or running has one job of procrastinate, whose id is its fence. It is deferred, fetched and
deleted in the very transaction that changes the row, so neither is ever without the other. That is why procrastinate's
own worker does not run here: it fetches and finishes jobs in transactions of its own, so that a process which dies in
between leaves a job that is done and not finished, or fetched and not begun.
"""

from __future__ import annotations

import json
from collections.abc import Collection

import psycopg
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.sql import queries
from typing_extensions import override

from bot.storage.models import LARGE, QUEUES
from bot.storage.postgres.database import PostgresTransaction
from bot.storage.sql.carrier import LONGEST_DELAY, RUNS, Carrier
from bot.storage.sql.database import Row, Transaction

log = structlog.get_logger(__name__)

TASK = "paint"

# When a delayed job is due by the clock of procrastinate, which is that of the server.
DUE = "SELECT now() + make_interval(secs => least(:available_at - now_seconds(), :longest)) AS at"

SET_FENCE = "UPDATE job SET fence = :fence WHERE id = :id RETURNING *"

# One that waits and is locked is passed over: a claim has it, finds the row changed, and withdraws it itself. One that
# runs is waited for: other claims may have locked it in passing, and take another.
WITHDRAW = """
DELETE FROM procrastinate_jobs
WHERE id = ANY(:fences) AND (status = 'doing' OR id IN (
    SELECT id FROM procrastinate_jobs WHERE id = ANY(:fences) AND status = 'todo' FOR UPDATE SKIP LOCKED))
"""

BEGIN = f"UPDATE job SET {RUNS} WHERE id = :id AND fence = :fence AND state = 'queued' RETURNING *"

# No delay is as long: the clock was set back since.
END_DELAYS = """
UPDATE procrastinate_jobs SET scheduled_at = NULL
WHERE status = 'todo' AND scheduled_at > now() + make_interval(secs => :longest) RETURNING id
"""

_OF_EACH_OTHER = """
job.id = (procrastinate_jobs.args ->> 'job')::bigint AND job.fence = procrastinate_jobs.id
AND job.state IN ('queued', 'running')
"""
DELETE_ORPHANS = f"DELETE FROM procrastinate_jobs WHERE NOT EXISTS (SELECT 1 FROM job WHERE {_OF_EACH_OTHER})"
QUEUE_LOST = f"""
UPDATE job SET state = 'queued', progress = 0.0, seconds_left = NULL
WHERE delivery <> 'done' AND state IN ('queued', 'running')
      AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE {_OF_EACH_OTHER})
RETURNING *
"""


class ProcrastinateCarrier(Carrier):
    """The jobs of procrastinate.

    Args:
        queues: From which this process claims.
    """

    def __init__(self, queues: Collection[str]) -> None:
        # Of all alike: PostgreSQL finds the head of a long queue by an index at once, also before it has statistics.
        self._queues = None if {*queues} == {*QUEUES} else list(queues)
        self._connector = PsycopgConnector()  # never opened: every call brings the connection of its transaction
        self._app = App(connector=self._connector)

    @override
    async def submit(self, t: Transaction, job: Row) -> Row:
        delayed = {"available_at": job["available_at"], "longest": LONGEST_DELAY}
        due = await t.row(DUE, delayed) if job["available_at"] else None
        deferrer = self._app.configure_task(
            TASK,
            queue="paint-large" if (job["size"] or 0) >= LARGE else "paint",
            lock=f"user:{job['user_id']}",  # one of them runs at a time
            priority=_priority(job),
            schedule_at=due["at"] if due else None,
            connection=await _connection(t),
        )
        row = await t.row(SET_FENCE, {"id": job["id"], "fence": await deferrer.defer_async(job=job["id"])})
        assert row is not None
        return row

    @override
    async def withdraw(self, t: Transaction, *fences: int) -> None:
        if fences:
            await t.rows(WITHDRAW, {"fences": list(fences)})

    @override
    async def claim(self, t: Transaction, worker: str) -> Row | None:
        while fetched := await self._fetch(t) or await self._fetch_delayed(t):
            job, fence = fetched
            if row := await t.row(BEGIN, {"id": job, "fence": fence, "worker": worker}):
                return row
            await self.withdraw(t, fence)  # its row was cancelled, forgotten or queued anew
        return None

    async def mend(self, t: Transaction) -> None:
        """Make a job of procrastinate for every row that has none: all of them after a migration or a move."""
        await t.lock("carrier")
        await t.rows(DELETE_ORPHANS)
        lost = await t.rows(QUEUE_LOST)
        for row in sorted(lost, key=lambda row: (row["vt"], row["id"])):
            await self.submit(t, row)
        if lost:
            log.info("jobs_submitted", count=len(lost))

    async def _fetch(self, t: Transaction) -> tuple[int, int] | None:
        """Take the next job of procrastinate; return the id of its row, and its own."""
        fetched = await self._connector.execute_query_one_async_with_connection(
            await _connection(t), queries["fetch_job"], queues=self._queues, worker_id=None
        )
        return (json.loads(fetched["args"])["job"], fetched["id"]) if fetched["id"] else None

    async def _fetch_delayed(self, t: Transaction) -> tuple[int, int] | None:
        """Take one that waits for longer than any delay, where there is nothing else."""
        return await self._fetch(t) if await t.rows(END_DELAYS, {"longest": LONGEST_DELAY}) else None


def _priority(job: Row) -> int:
    """Return the place of a job, by tenths of a virtual second; of equals, one that had its turn before comes first."""
    return bool(job["fence"]) - min(int(job["vt"] * 10), 2**31 - 1)


async def _connection(t: Transaction) -> psycopg.AsyncConnection:
    """Return the connection of a transaction, begun."""
    assert isinstance(t, PostgresTransaction)
    return await t.connection()

"""The queue, as a worker uses it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from typing_extensions import override

from bot.storage.models import MAX_DEATHS, SILENT, BlobKey, Job, JobError, State, WorkerState
from bot.storage.protocols import WorkStore
from bot.storage.sql.carrier import LONGEST_DELAY
from bot.storage.sql.database import Row, Transaction, locking, transaction
from bot.storage.sql.jobs import SqlJobReader
from bot.storage.sql.rows import job_of

ADVANCE_CLOCK = "UPDATE schedule SET vclock = :vt WHERE vclock < :vt"

# Every write below carries it: the job still runs, by the very claim that the writer holds.
_FENCE = "WHERE id = :id AND fence = :fence AND state = 'running'"

CURRENT_PREVIEW = locking(f"SELECT preview FROM job {_FENCE}")

RECORD_PROGRESS = f"""
UPDATE job SET progress = :progress, seconds_left = :seconds_left, preview = coalesce(:preview, preview),
               sketched = :sketched
{_FENCE} RETURNING id
"""

# Rendered, and its delivery pending, in one step.
COMPLETE = f"""
UPDATE job SET state = 'rendered', progress = 1.0, seconds_left = NULL, result = :result, report = :report,
               seconds = :seconds, timelapse = :timelapse, delivery = 'pending', finished_at = now_seconds(),
               painter = coalesce((SELECT painter FROM worker WHERE name = job.worker), '')
{_FENCE} RETURNING *
"""

RETRY = f"""
UPDATE job SET state = 'queued', progress = 0.0, seconds_left = NULL, available_at = now_seconds() + :delay,
               deaths = deaths + :died
{_FENCE} RETURNING *
"""

RELEASE = f"""
UPDATE job SET state = 'queued', progress = 0.0, seconds_left = NULL, available_at = 0.0, attempt = attempt - 1
{_FENCE} RETURNING *
"""

FAIL = f"""
UPDATE job SET state = 'failed', seconds_left = NULL, error = :error, detail = :detail, finished_at = now_seconds()
{_FENCE} RETURNING *
"""

RECLAIM = """
UPDATE job SET state = 'queued', progress = 0.0, seconds_left = NULL, available_at = 0.0
WHERE state = 'running' AND worker = :worker
RETURNING *
"""

# A pause between two beats, in either direction of the clock, ends the worker's time of regular beats.
BEAT = """
INSERT INTO worker (name, since, seen_at, weights, trouble, painter, forecast)
VALUES (:worker, now_seconds(), now_seconds(), :weights, :trouble, :painter, :forecast)
ON CONFLICT (name) DO UPDATE SET
    since = CASE WHEN abs(excluded.seen_at - worker.seen_at) < :regular THEN worker.since ELSE excluded.seen_at END,
    seen_at = excluded.seen_at, weights = excluded.weights, trouble = excluded.trouble,
    told = worker.told AND excluded.weights = '',
    painter = excluded.painter, forecast = excluded.forecast
RETURNING seen_at - since AS regular_for
"""

RECLAIM_SILENT = """
UPDATE job SET state = CASE WHEN deaths + 1 < :most THEN 'queued' ELSE 'failed' END,
               error = CASE WHEN deaths + 1 < :most THEN NULL ELSE :error END,
               detail = CASE WHEN deaths + 1 < :most THEN NULL ELSE :detail END,
               finished_at = CASE WHEN deaths + 1 < :most THEN NULL ELSE now_seconds() END,
               deaths = deaths + 1, progress = 0.0, seconds_left = NULL, available_at = 0.0
WHERE state = 'running' AND worker NOT IN (SELECT name FROM worker WHERE abs(now_seconds() - seen_at) < :silent)
RETURNING *
"""

LEAVE = "DELETE FROM worker WHERE name = :worker"

FORGET_SILENT = "DELETE FROM worker WHERE abs(now_seconds() - seen_at) > :day"

_REGULAR = 15.0  # seconds between two beats at most, while they count as regular
_GONE = "The worker that painted it fell silent."
_DAY = 24 * 3600.0


class SqlWorkStore(SqlJobReader, WorkStore):
    """The tables `job` and `schedule`, as a worker uses them."""

    patience = 1.0  # a worker repeats by itself what must be recorded, and has a child to listen to

    @override
    @transaction
    async def claim(self, t: Transaction, worker: str) -> Job | None:
        row = await self._carrier.claim(t, worker)
        if row is None:
            return None
        await t.rows(ADVANCE_CLOCK, {"vt": row["vt"]})
        t.notify("news")
        return job_of(row)

    @override
    @transaction
    async def record_progress(
        self,
        t: Transaction,
        job: Job,
        progress: float,
        seconds_left: float | None,
        preview: BlobKey | None,
        *,
        sketched: bool = False,
    ) -> bool:
        old = await t.row(CURRENT_PREVIEW, {"id": job.id, "fence": job.fence})
        if old is None:
            t.drop(preview)
            return False
        if preview is not None:
            t.drop(old["preview"])
        values = {"progress": progress, "seconds_left": seconds_left, "preview": preview, "sketched": sketched}
        recorded = await t.rows(RECORD_PROGRESS, {"id": job.id, "fence": job.fence, **values})
        t.notify("news")
        return bool(recorded)

    @override
    @transaction
    async def complete(
        self,
        t: Transaction,
        job: Job,
        result: BlobKey,
        report: dict[str, Any],
        seconds: float | None,
        *,
        timelapse: BlobKey | None = None,
    ) -> bool:
        values = {"result": result, "report": json.dumps(report), "seconds": seconds, "timelapse": timelapse}
        t.drop(result, timelapse)  # deleted only if the row does not name them after the write
        return await self._end(t, COMPLETE, job, **values)

    @override
    @transaction
    async def retry(self, t: Transaction, job: Job, delay: float, *, died: bool = False) -> bool:
        return await self._end(t, RETRY, job, delay=min(delay, LONGEST_DELAY), died=int(died))

    @override
    @transaction
    async def release(self, t: Transaction, job: Job) -> bool:
        return await self._end(t, RELEASE, job)

    @override
    @transaction
    async def fail(self, t: Transaction, job: Job, error: JobError, detail: str) -> bool:
        return await self._end(t, FAIL, job, error=error.value, detail=detail)

    @override
    @transaction
    async def reclaim(self, t: Transaction, worker: str) -> int:
        await self._note(t, WorkerState(worker))
        return await self._carry_on(t, await t.rows(RECLAIM, {"worker": worker}))

    @override
    @transaction
    async def beat(self, t: Transaction, state: WorkerState) -> int:
        if await self._note(t, state) < SILENT:
            return 0
        values = {"silent": SILENT, "most": MAX_DEATHS, "error": JobError.CRASHED.value, "detail": _GONE}
        jobs = await self._carry_on(t, await t.rows(RECLAIM_SILENT, values))
        await t.rows(FORGET_SILENT, {"day": _DAY})
        return jobs

    @override
    @transaction
    async def leave(self, t: Transaction, worker: str) -> None:
        await t.rows(LEAVE, {"worker": worker})

    async def _note(self, t: Transaction, state: WorkerState) -> float:
        """Note a beat; return for how many seconds the worker has beaten regularly."""
        values = dataclasses.asdict(state) | {"worker": state.name, "regular": _REGULAR}
        values["forecast"] = json.dumps(state.forecast)
        row = await t.row(BEAT, values)
        assert row is not None
        return float(row["regular_for"])

    async def _end(self, t: Transaction, sql: str, job: Job, **values: Any) -> bool:
        """Run a fenced statement that ends a claim; False if the claim does not own the job any more."""
        return bool(await self._carry_on(t, await t.rows(sql, values | {"id": job.id, "fence": job.fence})))

    async def _carry_on(self, t: Transaction, jobs: list[Row]) -> int:
        """Have the jobs whose claims have just ended brought to a worker again if they are queued; return how many."""
        await self._carrier.withdraw(t, *(job["fence"] for job in jobs))
        for job in jobs:
            if job["state"] == State.QUEUED:
                await self._carrier.submit(t, job)
                t.notify("work")
        if jobs:
            t.notify("news")
        return len(jobs)

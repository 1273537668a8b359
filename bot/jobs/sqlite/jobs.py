"""The queue on SQLite. What each method promises is written at `bot.jobs.store.JobStore`."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from typing import Any

from bot.jobs.job import Address, Delivery, Job, JobError, Load, NewJob, Place, Recipe, State
from bot.jobs.sqlite import queries
from bot.jobs.sqlite.database import Transaction, transaction
from bot.jobs.sqlite.drafts import SqliteDraftStore
from bot.jobs.store import Topic

LONGEST_DELAY = 60.0  # seconds; see queries.CLAIM for why a retry may not wait longer
KEEP_RESULTS = 24 * 3600.0  # after delivery, for the buttons under the picture
_KEEP_JOBS = 7 * 24 * 3600.0
_KEEP_PHOTOS = 48 * 3600.0  # also of a draft that nobody came back to
_UNKNOWN_COST = 10.0  # seconds that a job is taken to need where none of its kind was seen
_DAY = 24 * 3600.0

Estimates = dict[tuple[str, int | None], float | None]  # seconds by quality and size


class SqliteJobStore(SqliteDraftStore):
    """The durable queue in one SQLite file."""

    # --- Intake

    @transaction
    async def enqueue(self, t: Transaction, new: NewJob) -> Job:
        """Queue a job, or return the one that this update has made before."""
        if known := await t.row(queries.JOB_OF_KEY, {"dedup_key": new.dedup_key}):
            return _job(known)
        values = dataclasses.asdict(new) | dataclasses.asdict(new.address) | new.recipe.to_dict()
        values |= {name: json.dumps(values[name]) for name in ("styles", "photos", "sources")} | {"now": self._now()}
        cost = await _estimate(t, new.recipe.quality, new.recipe.size) or _UNKNOWN_COST
        turn = await t.row(queries.TAKE_TURN, {"user_id": new.address.user_id, "cost": cost})
        assert turn is not None
        row = await t.row(queries.ENQUEUE, values | {"vt": turn["vt"]})
        assert row is not None
        # A photo that the job took but does not paint with is not wanted any more.
        t.drop(*(photo["blob"] for photo in await t.rows(queries.TAKE_PHOTOS, values)))
        if new.photos:
            await t.rows(queries.DROP_WISH, dataclasses.asdict(new.address))
        t.wake("work", "news")
        return _job(row)

    @transaction
    async def swap(self, t: Transaction, job_id: int, style: str) -> bool:
        """Swap content and style of a queued job."""
        swapped = bool(await t.rows(queries.SWAP, {"id": job_id, "style": style}))
        if swapped:
            t.wake("news")
        return swapped

    @transaction
    async def cancel(self, t: Transaction, job_id: int) -> bool:
        """Cancel a job that is queued or running."""
        cancelled = bool(await t.rows(queries.CANCEL, {"id": job_id, "now": self._now()}))
        if cancelled:
            t.wake("news")
        return cancelled

    @transaction
    async def stop_here(self, t: Transaction, job_id: int) -> bool:
        """Ask for the picture of a running job as it is."""
        return bool(await t.rows(queries.STOP_HERE, {"id": job_id}))

    # --- The worker's side

    @transaction
    async def claim(self, t: Transaction, worker: str) -> Job | None:
        """Take the job that is due and whose turn is first."""
        row = await t.row(queries.CLAIM, {"worker": worker, "now": self._now(), "longest": LONGEST_DELAY})
        if row is None:
            return None
        await t.rows(queries.ADVANCE, {"vt": row["vt"]})
        t.wake("news")
        return _job(row)

    @transaction
    async def record_progress(
        self, t: Transaction, job: Job, progress: float, seconds_left: float | None, preview: str | None
    ) -> bool:
        """Fenced. Note progress; a new preview replaces the old one."""
        old = await t.row(queries.CURRENT_PREVIEW, {"id": job.id, "fence": job.fence})
        if old is None:
            t.drop(preview)
            return False
        if preview is not None:
            t.drop(old["preview"])
        values = {"progress": progress, "seconds_left": seconds_left, "preview": preview}
        return await self._fenced(t, queries.PROGRESS, job, **values)

    @transaction
    async def complete(
        self, t: Transaction, job: Job, result: str, report: dict[str, Any], seconds: float | None
    ) -> bool:
        """Fenced. Mark the job rendered; a result that comes too late is dropped."""
        values = {"result": result, "report": json.dumps(report), "seconds": seconds}
        t.drop(result)  # kept if the row names it
        return await self._fenced(t, queries.COMPLETE, job, **values)

    @transaction
    async def retry(self, t: Transaction, job: Job, delay: float, *, died: bool = False) -> bool:
        """Fenced. Put the job back in its old place, due again after the delay."""
        t.wake("work")
        return await self._fenced(t, queries.RETRY, job, delay=min(delay, LONGEST_DELAY), died=int(died))

    @transaction
    async def release(self, t: Transaction, job: Job) -> bool:
        """Fenced. Put the job back and refund the attempt."""
        t.wake("work")
        return await self._fenced(t, queries.RELEASE, job)

    @transaction
    async def fail(self, t: Transaction, job: Job, error: JobError, detail: str) -> bool:
        """Fenced. Give the job up."""
        return await self._fenced(t, queries.FAIL, job, error=error.value, detail=detail)

    @transaction
    async def reclaim(self, t: Transaction, worker: str) -> int:
        """Put back what an earlier life of this worker left running."""
        t.wake("work", "news")
        return len(await t.rows(queries.RECLAIM, {"worker": worker}))

    # --- The user's side

    @transaction
    async def set_status_message(self, t: Transaction, job_id: int, message_id: int) -> None:
        """Remember the status message of a job."""
        await t.rows(queries.SET_STATUS_MESSAGE, {"id": job_id, "message_id": message_id})

    @transaction
    async def begin_delivery(self, t: Transaction, job_id: int) -> bool:
        """Note that a send begins."""
        return bool(await t.rows(queries.BEGIN_DELIVERY, {"id": job_id}))

    @transaction
    async def delivery_failed(self, t: Transaction, job_id: int) -> None:
        """Note that the send did not arrive."""
        await t.rows(queries.DELIVERY_FAILED, {"id": job_id})

    @transaction
    async def finish_delivery(self, t: Transaction, job_id: int, *, keep: bool = False) -> None:
        """Note that the user has the answer, and delete every picture of the job but a kept result."""
        if keep:
            await t.rows(queries.KEEP_RESULT, {"id": job_id, "now": self._now()})
        if ended := await t.row(queries.BLOBS_OF_ENDED, {"id": job_id}):
            await t.rows(queries.FINISH_DELIVERY, {"id": job_id})
            t.drop(*blobs_of(ended))

    @transaction
    async def kept(self, t: Transaction, job_id: int) -> str | None:
        """Return the blob of a finished picture that is still kept."""
        row = await t.row(queries.KEPT, {"id": job_id})
        return row["blob"] if row else None

    @transaction
    async def drop_kept(self, t: Transaction, job_id: int) -> None:
        """Delete a finished picture before its time."""
        t.drop(*(row["blob"] for row in await t.rows(queries.DROP_KEPT, {"id": job_id})))

    @transaction
    async def get(self, t: Transaction, job_id: int) -> Job | None:
        """Return one job."""
        row = await t.row(queries.JOB, {"id": job_id})
        return _job(row) if row else None

    @transaction
    async def jobs_of(self, t: Transaction, address: Address) -> list[Job]:
        """Return this user's queued and running jobs in this chat."""
        return [_job(row) for row in await t.rows(queries.JOBS_OF, dataclasses.asdict(address))]

    @transaction
    async def load(self, t: Transaction, address: Address) -> Load:
        """Return how much is asked of us."""
        now = self._now()
        row = await t.row(queries.LOAD, dataclasses.asdict(address) | {"since": now - _DAY})
        assert row is not None
        oldest = row["oldest"]
        return Load(row["own"], row["chat"], row["everyone"], row["today"], oldest + _DAY - now if oldest else 0.0)

    @transaction
    async def tally(self, t: Transaction) -> dict[str, int]:
        """Return what the queue did in the last day."""
        row = await t.row(queries.TALLY, {"since": self._now() - _DAY})
        assert row is not None
        return dict(row)

    @transaction
    async def move_chat(self, t: Transaction, old: int, new: int) -> None:
        """Move drafts and jobs to a chat's new id."""
        for sql in (queries.MOVE_JOBS, queries.MOVE_PHOTOS, queries.MOVE_WISHES):
            await t.rows(sql, {"old": old, "new": new})
        t.wake("news")

    @transaction
    async def unsettled(self, t: Transaction) -> list[Job]:
        """Return all jobs that a user may have to hear of."""
        return [_job(row) for row in await t.rows(queries.UNSETTLED)]

    @transaction
    async def place(self, t: Transaction, job: Job) -> Place:
        """Return how many jobs are before this one, and about how long its picture takes from now."""
        rows = await t.rows(queries.BEFORE, {"id": job.id})
        own = next((row for row in rows if row["id"] == job.id), None)
        if own is None:  # it ended since
            return Place(ahead=0, seconds=None)
        if own["state"] == State.RUNNING:
            return Place(ahead=0, seconds=await _rest(t, own, {}))
        known: Estimates = {}
        before = [await _rest(t, row, known) for row in rows if row is not own]
        wait = None if None in before else sum(seconds or 0 for seconds in before)
        workers = max(1, sum(row["state"] == State.RUNNING for row in rows))
        needed = await _rest(t, own, known)
        seconds = None if wait is None or needed is None else wait / workers + needed
        return Place(ahead=len(before), seconds=seconds)

    @transaction
    async def estimate(self, t: Transaction, recipe: Recipe) -> float | None:
        """Return the mean seconds of recent jobs with this quality and size."""
        return await _estimate(t, recipe.quality, recipe.size)

    async def wait(self, topic: Topic, seconds: float) -> None:
        """Return at the next change of this topic, or after so many seconds."""
        await self._database.wait(topic, seconds)

    @transaction
    async def prune(self, t: Transaction, now: float) -> int:
        """Delete what nobody needs any more: see the seconds above."""
        kept = await t.rows(queries.PRUNE_KEPT, {"before": now - KEEP_RESULTS})
        t.drop(*(row["blob"] for row in kept))
        wishes = await t.rows(queries.PRUNE_WISHES, {"before": now - _KEEP_PHOTOS})
        jobs = await t.rows(queries.PRUNE_JOBS, {"before": now - _KEEP_JOBS})
        photos = await t.rows(queries.PRUNE_PHOTOS, {"before": now - _KEEP_PHOTOS})
        t.drop(*(photo["blob"] for photo in photos))
        return len(kept) + len(wishes) + len(jobs) + len(photos)

    async def _fenced(self, t: Transaction, sql: str, job: Job, **values: Any) -> bool:
        """Write for a running job; False if another claim, a cancel or an end came before."""
        values |= {"id": job.id, "fence": job.fence, "now": self._now()}
        if not await t.rows(sql, values):
            return False
        t.wake("news")
        return True


def blobs_of(row: sqlite3.Row) -> list[str | None]:
    """Return every blob that a row of `job` names."""
    return [row["content"], *json.loads(row["styles"]), row["preview"], row["result"]]


async def _rest(t: Transaction, row: sqlite3.Row, known: Estimates) -> float | None:
    """Return the seconds that a queued or running job still needs; `known` saves asking for each kind again."""
    if row["seconds_left"] is not None:
        return float(row["seconds_left"])
    kind = row["quality"], row["size"]
    if kind not in known:
        known[kind] = await _estimate(t, *kind)
    whole = known[kind]
    return None if whole is None else whole * (1 - row["progress"])


async def _estimate(t: Transaction, quality: str, size: int | None) -> float | None:
    row = await t.row(queries.ESTIMATE, {"quality": quality, "size": size})
    assert row is not None  # an average is one row, also of nothing
    seconds: float | None = row["seconds"]
    return seconds


def _job(row: sqlite3.Row) -> Job:
    columns = {field.name: row[field.name] for field in dataclasses.fields(Job) if field.name not in _MADE}
    return Job(
        **columns,
        address=Address(row["chat_id"], row["thread_id"], row["user_id"]),
        recipe=Recipe(row["quality"], row["size"], row["strength"], row["colors"]),
        styles=tuple(json.loads(row["styles"])),
        sources=tuple(json.loads(row["sources"])),
        state=State(row["state"]),
        report=json.loads(row["report"]),
        error=JobError(row["error"]) if row["error"] else None,
        delivery=Delivery(row["delivery"]),
        stop_asked=bool(row["stop_asked"]),
    )


_MADE = {
    "address",
    "recipe",
    "styles",
    "sources",
    "state",
    "report",
    "error",
    "delivery",
    "stop_asked",
}  # not the column as it is

"""The queue on SQLite. What each method promises is written at `bot.storage.protocols.JobStore`."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from bot.storage.models import Address, Job, JobError, Kept, Kind, Load, NewJob, Place, Recipe
from bot.storage.protocols import Topic
from bot.storage.sqlite import estimates, job_queries
from bot.storage.sqlite.database import Transaction, transaction
from bot.storage.sqlite.drafts import SqliteDraftStore
from bot.storage.sqlite.rows import blobs_of, job_of, kept_of

LONGEST_DELAY = 60.0  # seconds; see queries.CLAIM for why a retry may not wait longer
KEEP_RESULTS = 24 * 3600.0  # after delivery, for the buttons under the picture
_KEEP_JOBS = 7 * 24 * 3600.0
_KEEP_PHOTOS = 48 * 3600.0  # also of a draft that nobody came back to
_UNKNOWN_COST = 10.0  # seconds that a job is taken to need where none of its kind was seen
_DAY = 24 * 3600.0


class SqliteJobStore(SqliteDraftStore):
    """The durable queue in one SQLite file."""

    # --- Intake

    @transaction
    async def enqueue(self, t: Transaction, new: NewJob) -> Job:
        """Queue a job, or return the one that this update has made before."""
        if known := await t.row(job_queries.JOB_OF_KEY, {"dedup_key": new.dedup_key}):
            return job_of(known)
        values = dataclasses.asdict(new) | dataclasses.asdict(new.address) | new.recipe.to_dict()
        values |= {name: json.dumps(values[name]) for name in ("styles", "photos", "sources")} | {"now": self._now()}
        cost = await _estimate(t, new.recipe, new.kind, resumed=new.start is not None) or _UNKNOWN_COST
        turn = await t.row(job_queries.TAKE_TURN, {"user_id": new.address.user_id, "cost": cost})
        assert turn is not None
        row = await t.row(job_queries.ENQUEUE, values | {"vt": turn["vt"]})
        assert row is not None
        # A photo that the job took but does not paint with is not wanted any more.
        t.drop(*(photo["blob"] for photo in await t.rows(job_queries.TAKE_PHOTOS, values)))
        if new.photos:
            await t.rows(job_queries.DROP_WISH, dataclasses.asdict(new.address))
        t.wake("work", "news")
        return job_of(row)

    @transaction
    async def swap(self, t: Transaction, job_id: int, style: str) -> bool:
        """Swap content and style of a queued job."""
        before = await t.row(job_queries.JOB, {"id": job_id})
        swapped = bool(await t.rows(job_queries.SWAP, {"id": job_id, "style": style}))
        if swapped and before is not None:
            t.drop(before["mask"], before["start"], before["preview"])
            t.wake("news")
        return swapped

    @transaction
    async def cancel(self, t: Transaction, job_id: int) -> bool:
        """Cancel a job that is queued or running."""
        cancelled = bool(await t.rows(job_queries.CANCEL, {"id": job_id, "now": self._now()}))
        if cancelled:
            t.wake("news")
        return cancelled

    @transaction
    async def stop_here(self, t: Transaction, job_id: int) -> bool:
        """Ask for the picture of a running job as it is."""
        return bool(await t.rows(job_queries.STOP_HERE, {"id": job_id}))

    # --- The worker's side

    @transaction
    async def claim(self, t: Transaction, worker: str) -> Job | None:
        """Take the job that is due and whose turn is first."""
        row = await t.row(job_queries.CLAIM, {"worker": worker, "now": self._now(), "longest": LONGEST_DELAY})
        if row is None:
            return None
        await t.rows(job_queries.ADVANCE, {"vt": row["vt"]})
        t.wake("news")
        return job_of(row)

    @transaction
    async def record_progress(
        self,
        t: Transaction,
        job: Job,
        progress: float,
        seconds_left: float | None,
        preview: str | None,
        *,
        sketched: bool = False,
    ) -> bool:
        """Fenced. Note progress; a new preview replaces the old one."""
        old = await t.row(job_queries.CURRENT_PREVIEW, {"id": job.id, "fence": job.fence})
        if old is None:
            t.drop(preview)
            return False
        if preview is not None:
            t.drop(old["preview"])
        values = {"progress": progress, "seconds_left": seconds_left, "preview": preview, "sketched": sketched}
        return await self._fenced(t, job_queries.PROGRESS, job, **values)

    @transaction
    async def complete(
        self,
        t: Transaction,
        job: Job,
        result: str,
        report: dict[str, Any],
        seconds: float | None,
        *,
        film: str | None = None,
    ) -> bool:
        """Fenced. Mark the job rendered; a result that comes too late is dropped."""
        values = {"result": result, "report": json.dumps(report), "seconds": seconds, "film": film}
        t.drop(result, film)  # kept if the row names them
        return await self._fenced(t, job_queries.COMPLETE, job, **values)

    @transaction
    async def retry(self, t: Transaction, job: Job, delay: float, *, died: bool = False) -> bool:
        """Fenced. Put the job back in its old place, due again after the delay."""
        t.wake("work")
        return await self._fenced(t, job_queries.RETRY, job, delay=min(delay, LONGEST_DELAY), died=int(died))

    @transaction
    async def release(self, t: Transaction, job: Job) -> bool:
        """Fenced. Put the job back and refund the attempt."""
        t.wake("work")
        return await self._fenced(t, job_queries.RELEASE, job)

    @transaction
    async def fail(self, t: Transaction, job: Job, error: JobError, detail: str) -> bool:
        """Fenced. Give the job up."""
        return await self._fenced(t, job_queries.FAIL, job, error=error.value, detail=detail)

    @transaction
    async def reclaim(self, t: Transaction, worker: str) -> int:
        """Put back what an earlier life of this worker left running."""
        t.wake("work", "news")
        return len(await t.rows(job_queries.RECLAIM, {"worker": worker}))

    # --- The user's side

    @transaction
    async def set_status_message(self, t: Transaction, job_id: int, message_id: int) -> None:
        """Remember the status message of a job."""
        await t.rows(job_queries.SET_STATUS_MESSAGE, {"id": job_id, "message_id": message_id})

    @transaction
    async def begin_delivery(self, t: Transaction, job_id: int) -> bool:
        """Note that a send begins."""
        return bool(await t.rows(job_queries.BEGIN_DELIVERY, {"id": job_id}))

    @transaction
    async def delivery_failed(self, t: Transaction, job_id: int) -> None:
        """Note that the send did not arrive."""
        await t.rows(job_queries.DELIVERY_FAILED, {"id": job_id})

    @transaction
    async def finish_delivery(self, t: Transaction, job_id: int, *, keep: bool = False) -> None:
        """Note that the user has the answer, and delete every picture of the job but a kept result."""
        if keep:
            await t.rows(job_queries.KEEP_RESULT, {"id": job_id, "now": self._now()})
        if ended := await t.row(job_queries.BLOBS_OF_ENDED, {"id": job_id}):
            await t.rows(job_queries.FINISH_DELIVERY, {"id": job_id})
            t.drop(*blobs_of(ended))

    @transaction
    async def kept(self, t: Transaction, job_id: int) -> Kept | None:
        """Return the blobs of a finished picture that are still kept."""
        row = await t.row(job_queries.KEPT, {"id": job_id})
        return Kept(row["blob"], row["film"]) if row else None

    @transaction
    async def drop_kept(self, t: Transaction, job_id: int) -> None:
        """Delete a finished picture and its timelapse before their time."""
        for row in await t.rows(job_queries.DROP_KEPT, {"id": job_id}):
            t.drop(*kept_of(row))

    @transaction
    async def ask_part(self, t: Transaction, job_id: int, chat_id: int, message_id: int) -> None:
        """Remember a message that asks for a part."""
        await t.rows(job_queries.ASK_PART, {"id": job_id, "chat_id": chat_id, "message_id": message_id})

    @transaction
    async def asked_part(self, t: Transaction, chat_id: int, message_id: int) -> Job | None:
        """Return the job that a message asks about."""
        row = await t.row(job_queries.ASKED_PART, {"chat_id": chat_id, "message_id": message_id})
        return job_of(row) if row else None

    @transaction
    async def is_first(self, t: Transaction, job: Job) -> bool:
        """Whether its user has had no other picture."""
        row = await t.row(job_queries.IS_FIRST, {"user_id": job.address.user_id, "id": job.id})
        assert row is not None
        return bool(row["first"])

    @transaction
    async def get(self, t: Transaction, job_id: int) -> Job | None:
        """Return one job."""
        row = await t.row(job_queries.JOB, {"id": job_id})
        return job_of(row) if row else None

    @transaction
    async def jobs_of(self, t: Transaction, address: Address) -> list[Job]:
        """Return this user's queued and running jobs in this chat."""
        return [job_of(row) for row in await t.rows(job_queries.JOBS_OF, dataclasses.asdict(address))]

    @transaction
    async def load(self, t: Transaction, address: Address) -> Load:
        """Return how much is asked of us."""
        now = self._now()
        row = await t.row(job_queries.LOAD, dataclasses.asdict(address) | {"since": now - _DAY})
        assert row is not None
        oldest = row["oldest"]
        return Load(row["own"], row["chat"], row["everyone"], row["today"], oldest + _DAY - now if oldest else 0.0)

    @transaction
    async def tally(self, t: Transaction) -> dict[str, int]:
        """Return what the queue did in the last day."""
        row = await t.row(job_queries.TALLY, {"since": self._now() - _DAY})
        assert row is not None
        return dict(row)

    @transaction
    async def move_chat(self, t: Transaction, old: int, new: int) -> None:
        """Move drafts and jobs to a chat's new id."""
        for sql in (job_queries.MOVE_JOBS, job_queries.MOVE_PHOTOS, job_queries.MOVE_WISHES):
            await t.rows(sql, {"old": old, "new": new})
        t.wake("news")

    @transaction
    async def unsettled(self, t: Transaction) -> list[Job]:
        """Return all jobs that a user may have to hear of."""
        return [job_of(row) for row in await t.rows(job_queries.UNSETTLED)]

    @transaction
    async def place(self, t: Transaction, job: Job) -> Place:
        """Return how many jobs are before this one, and about how long its picture takes from now."""
        return await estimates.place(t, job.id)

    @transaction
    async def estimate(
        self, t: Transaction, recipe: Recipe, *, kind: Kind = "picture", resumed: bool = False
    ) -> float | None:
        """Return the mean seconds of recent jobs like this."""
        return await _estimate(t, recipe, kind, resumed=resumed)

    async def wait(self, topic: Topic, seconds: float) -> None:
        """Return at the next change of this topic, or after so many seconds."""
        await self._database.wait(topic, seconds)

    @transaction
    async def prune(self, t: Transaction, now: float) -> int:
        """Delete what nobody needs any more: see the seconds above."""
        kept = await t.rows(job_queries.PRUNE_KEPT, {"before": now - KEEP_RESULTS})
        for row in kept:
            t.drop(*kept_of(row))
        wishes = await t.rows(job_queries.PRUNE_WISHES, {"before": now - _KEEP_PHOTOS})
        jobs = await t.rows(job_queries.PRUNE_JOBS, {"before": now - _KEEP_JOBS})
        photos = await t.rows(job_queries.PRUNE_PHOTOS, {"before": now - _KEEP_PHOTOS})
        t.drop(*(photo["blob"] for photo in photos))
        return len(kept) + len(wishes) + len(jobs) + len(photos)

    async def _fenced(self, t: Transaction, sql: str, job: Job, **values: Any) -> bool:
        """Write for a running job; False if another claim, a cancel or an end came before."""
        values |= {"id": job.id, "fence": job.fence, "now": self._now()}
        if not await t.rows(sql, values):
            return False
        t.wake("news")
        return True


async def _estimate(t: Transaction, recipe: Recipe, kind: Kind, *, resumed: bool) -> float | None:
    return await estimates.estimate(t, recipe.quality, recipe.size, kind, resumed=resumed)

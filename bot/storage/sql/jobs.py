"""The queue, as the chat uses it."""

from __future__ import annotations

import dataclasses
import json

from typing_extensions import override

from bot.storage.models import SILENT, Address, Job, Kind, Load, NewJob, Place, Recipe, StyleRef, WorkerState
from bot.storage.protocols import JobReader, JobStore, Topic
from bot.storage.sql import estimates
from bot.storage.sql.database import Row, SqlStore, Transaction, locking, transaction
from bot.storage.sql.drafts import DROP_CHOSEN_STYLE
from bot.storage.sql.estimates import Like
from bot.storage.sql.rows import job_of
from bot.storage.sql.styles import KEEP

JOB = "SELECT * FROM job WHERE id = :id"
JOB_OF_KEY = "SELECT * FROM job WHERE dedup_key = :dedup_key"

# Start-time fair queueing: the next job begins when the user's last one is done, or now if that is past.
TAKE_TURN = """
INSERT INTO user_turn (user_id, finish_vt) VALUES (:user_id, (SELECT vclock FROM schedule) + :cost)
ON CONFLICT (user_id) DO UPDATE SET finish_vt = :cost + CASE
    WHEN user_turn.finish_vt > (SELECT vclock FROM schedule) THEN user_turn.finish_vt
    ELSE (SELECT vclock FROM schedule) END
RETURNING finish_vt - :cost AS vt
"""

ENQUEUE = """
INSERT INTO job (dedup_key, chat_id, thread_id, user_id, message_id, language, recipe, kind, output,
                 content, styles, sources, style, advice, start, resumed, mask, marked, spoiler, vt, created_at)
VALUES (:dedup_key, :chat_id, :thread_id, :user_id, :message_id, :language, :recipe, :kind, :output,
        :content, :styles, :sources, :style, :advice, :start, :resumed, :mask, :marked, :spoiler, :vt, now_seconds())
RETURNING *
"""

# Only this user's photos: an id of another user takes nothing.
TAKE_PHOTO = """
UPDATE photo SET left_at = now_seconds() WHERE id = :photo AND user_id = :user_id AND left_at IS NULL RETURNING blob
"""

# Only before it is claimed, and only where there is one style.
SWAPPED = locking("SELECT * FROM job WHERE id = :id AND state = 'queued'")
SWAP = """
UPDATE job SET content = :content, styles = :styles, style = :style, sources = :sources,
               start = NULL, resumed = FALSE, preview = NULL, mask = NULL, marked = ''
WHERE id = :id
RETURNING user_id, style, sources
"""

CANCEL = """
UPDATE job SET state = 'cancelled', seconds_left = NULL, finished_at = now_seconds()
WHERE id = :id AND state IN ('queued', 'running')
RETURNING fence
"""

STOP_HERE = "UPDATE job SET stop_asked = TRUE WHERE id = :id AND state = 'running' RETURNING id"

JOBS_OF = """
SELECT * FROM job
WHERE user_id = :user_id AND chat_id = :chat_id AND state IN ('queued', 'running')
ORDER BY id
"""

# Waiting pictures of this user, of this chat, of everyone; and the user's requests within a day.
LOAD = """
SELECT * FROM
    (SELECT count(*) FILTER (WHERE user_id = :user_id) AS own,
            count(*) FILTER (WHERE chat_id = :chat_id) AS chat,
            count(*) AS everyone
     FROM job WHERE delivery <> 'done' AND state IN ('queued', 'running')) AS waiting,
    (SELECT count(*) AS today, coalesce(min(created_at) + :day - now_seconds(), 0.0) AS frees_in
     FROM job WHERE user_id = :user_id AND created_at > now_seconds() - :day AND state <> 'cancelled') AS asked
"""

TALLY = """
SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
       count(*) FILTER (WHERE state = 'running') AS running,
       coalesce(cast(now_seconds() - min(created_at) FILTER (WHERE state = 'queued') AS INTEGER), 0) AS oldest,
       count(*) FILTER (WHERE state = 'delivered' AND created_at > now_seconds() - :day) AS delivered,
       count(*) FILTER (WHERE state = 'failed' AND created_at > now_seconds() - :day) AS failed,
       count(DISTINCT user_id) FILTER (WHERE created_at > now_seconds() - :day) AS users,
       coalesce(cast(avg(seconds) FILTER (WHERE created_at > now_seconds() - :day) AS INTEGER), 0) AS seconds
FROM job
"""

_UNKNOWN_COST = 10.0  # seconds that a job counts for fair queueing where no similar job is known
_DAY = 24 * 3600.0


WORKERS = """
SELECT name, weights, trouble, abs(now_seconds() - seen_at) >= :silent AS silent FROM worker
WHERE abs(now_seconds() - seen_at) < :day ORDER BY name
"""

TOLD = "SELECT told FROM worker WHERE name = :worker"

TELL = "UPDATE worker SET told = true WHERE name = :worker"


class SqlJobReader(SqlStore, JobReader):
    """What both the chat and the worker read of the table `job`."""

    @override
    @transaction
    async def get(self, t: Transaction, job_id: int) -> Job | None:
        row = await t.row(JOB, {"id": job_id})
        return job_of(row) if row else None

    @override
    @transaction
    async def estimate(
        self,
        t: Transaction,
        recipe: Recipe,
        *,
        kind: Kind = "picture",
        resumed: bool = False,
        worker: str | None = None,
    ) -> float | None:
        return await estimates.estimate(t, Like(recipe.quality, recipe.size, kind, resumed), worker)

    @override
    async def wait(self, topic: Topic, seconds: float) -> None:
        await self._database.wait(topic, seconds)


class SqlJobStore(SqlJobReader, JobStore):
    """The tables `job` and `user_turn`, as the chat uses them; queueing also writes the draft and `style`."""

    @override
    @transaction
    async def enqueue(self, t: Transaction, new: NewJob) -> Job:
        await t.lock(f"update {new.dedup_key}")
        if known := await t.row(JOB_OF_KEY, {"dedup_key": new.dedup_key}):
            return job_of(known)
        user_id, resumed = new.address.user_id, new.start is not None
        cost = await estimates.estimate(t, Like(new.recipe.quality, new.recipe.size, new.kind, resumed))
        turn = await t.row(TAKE_TURN, {"user_id": user_id, "cost": cost or _UNKNOWN_COST})
        assert turn is not None
        await self._take_draft(t, new)
        await t.hold([key for key in (new.content, *new.styles, new.start, new.mask) if key])
        values = dataclasses.asdict(new) | dataclasses.asdict(new.address) | {"resumed": resumed, "vt": turn["vt"]}
        values |= {name: json.dumps(values[name]) for name in ("recipe", "styles", "sources")}
        row = await t.row(ENQUEUE, values)
        assert row is not None
        await self._keep_style(t, row)
        t.notify("work", "news")
        return job_of(await self._carrier.submit(t, row))

    async def _take_draft(self, t: Transaction, new: NewJob) -> None:
        """Take the job's photos from the draft; the blob of a photo that it does not name is deleted."""
        for photo in new.photos:
            taken = await t.rows(TAKE_PHOTO, {"photo": photo, "user_id": new.address.user_id})
            t.drop(*(row["blob"] for row in taken))
        if new.photos:
            await t.rows(DROP_CHOSEN_STYLE, dataclasses.asdict(new.address))

    @override
    @transaction
    async def swap(self, t: Transaction, job_id: int, style: StyleRef) -> bool:
        before = await t.row(SWAPPED, {"id": job_id})
        styles = json.loads(before["styles"]) if before else []
        if before is None or len(styles) != 1:
            return False
        swapped = {"content": styles[0], "styles": json.dumps([before["content"]]), "style": style}
        sources = json.dumps(json.loads(before["sources"])[::-1])
        row = await t.row(SWAP, {"id": job_id, "sources": sources, **swapped})
        assert row is not None
        await self._keep_style(t, row)
        t.drop(before["mask"], before["start"], before["preview"])
        t.notify("news")
        return True

    async def _keep_style(self, t: Transaction, row: Row) -> None:
        """Remember where the style of a job can be fetched; a preset needs no key."""
        style, sources = row["style"], json.loads(row["sources"])[1:]
        if style and f"preset:{style}" not in sources:
            values = {"key": style, "user_id": row["user_id"], "sources": json.dumps(sources)}
            await t.rows(KEEP, values)

    @override
    @transaction
    async def cancel(self, t: Transaction, job_id: int) -> bool:
        cancelled = await t.row(CANCEL, {"id": job_id})
        if cancelled is None:
            return False
        await self._carrier.withdraw(t, cancelled["fence"])
        t.notify("news")
        return True

    @override
    @transaction
    async def stop_here(self, t: Transaction, job_id: int) -> bool:
        return bool(await t.rows(STOP_HERE, {"id": job_id}))

    @override
    @transaction
    async def jobs_of(self, t: Transaction, address: Address) -> list[Job]:
        return [job_of(row) for row in await t.rows(JOBS_OF, dataclasses.asdict(address))]

    @override
    @transaction
    async def place(self, t: Transaction, job: Job) -> Place:
        return await estimates.place(t, job.id)

    @override
    @transaction
    async def load(self, t: Transaction, address: Address) -> Load:
        row = await t.row(LOAD, dataclasses.asdict(address) | {"day": _DAY})
        assert row is not None
        return Load(row["own"], row["chat"], row["everyone"], row["today"], row["frees_in"])

    @override
    @transaction
    async def tally(self, t: Transaction) -> dict[str, int]:
        row = await t.row(TALLY, {"day": _DAY})
        assert row is not None
        return row

    @override
    @transaction
    async def workers(self, t: Transaction) -> list[WorkerState]:
        rows = await t.rows(WORKERS, {"silent": SILENT, "day": _DAY})
        return [WorkerState(row["name"], row["weights"], row["trouble"], silent=bool(row["silent"])) for row in rows]

    @override
    @transaction
    async def tell_of(self, t: Transaction, worker: str) -> bool:
        row = await t.row(TOLD, {"worker": worker})
        await t.rows(TELL, {"worker": worker})
        return row is None or not row["told"]

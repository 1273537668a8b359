"""The queue on SQLite, as the chat uses it."""

from __future__ import annotations

import dataclasses
import json
import sqlite3

from typing_extensions import override

from bot.storage.models import Address, Job, Kind, Load, NewJob, Place, Recipe, StyleRef
from bot.storage.protocols import JobReader, JobStore, Topic
from bot.storage.sqlite import estimates
from bot.storage.sqlite.database import SqliteStore, Transaction, transaction
from bot.storage.sqlite.drafts import DROP_CHOSEN_STYLE
from bot.storage.sqlite.rows import job_of
from bot.storage.sqlite.styles import KEEP

JOB = "SELECT * FROM job WHERE id = :id"
JOB_OF_KEY = "SELECT * FROM job WHERE dedup_key = :dedup_key"

# Start-time fair queueing: the next job begins when the user's last one is done, or now if that is past.
TAKE_TURN = """
INSERT INTO user_turn (user_id, finish_vt) VALUES (:user_id, (SELECT vclock FROM schedule) + :cost)
ON CONFLICT (user_id) DO UPDATE SET finish_vt = :cost + max(finish_vt, (SELECT vclock FROM schedule))
RETURNING finish_vt - :cost AS vt
"""

ENQUEUE = """
INSERT INTO job (dedup_key, chat_id, thread_id, user_id, message_id, language, recipe, kind, output,
                 content, styles, sources, style, advice, start, resumed, mask, marked, spoiler, vt, created_at)
VALUES (:dedup_key, :chat_id, :thread_id, :user_id, :message_id, :language, :recipe, :kind, :output,
        :content, :styles, :sources, :style, :advice, :start, :start IS NOT NULL, :mask, :marked, :spoiler, :vt, :now)
RETURNING *
"""

# The ids are a JSON list. Only this user's photos: an id of another user takes nothing.
TAKE_PHOTOS = """
UPDATE photo SET left_at = :now
WHERE id IN (SELECT value FROM json_each(:photos)) AND user_id = :user_id AND left_at IS NULL
RETURNING blob
"""

# Only before it is claimed, and only where there is one style.
SWAP = """
UPDATE job SET content = styles ->> 0, styles = json_array(content), style = :style,
               sources = json_array(sources ->> 1, sources ->> 0), start = NULL, resumed = 0, preview = NULL,
               mask = NULL, marked = ''
WHERE id = :id AND state = 'queued' AND json_array_length(styles) = 1
RETURNING user_id, style, sources
"""

CANCEL = """
UPDATE job SET state = 'cancelled', seconds_left = NULL, finished_at = :now
WHERE id = :id AND state IN ('queued', 'running')
RETURNING id
"""

STOP_HERE = "UPDATE job SET stop_asked = 1 WHERE id = :id AND state = 'running' RETURNING id"

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
     FROM job WHERE delivery <> 'done' AND state IN ('queued', 'running')),
    (SELECT count(*) AS today, min(created_at) AS oldest
     FROM job WHERE user_id = :user_id AND created_at > :since AND state <> 'cancelled')
"""

TALLY = """
SELECT count(*) FILTER (WHERE state = 'queued') AS queued,
       count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state = 'delivered' AND created_at > :since) AS delivered,
       count(*) FILTER (WHERE state = 'failed' AND created_at > :since) AS failed,
       count(DISTINCT user_id) FILTER (WHERE created_at > :since) AS users,
       coalesce(cast(avg(seconds) FILTER (WHERE created_at > :since) AS INTEGER), 0) AS seconds
FROM job
"""

_UNKNOWN_COST = 10.0  # seconds that a job counts for fair queueing where no similar job is known
_DAY = 24 * 3600.0


class SqliteJobReader(SqliteStore, JobReader):
    """What both the chat and the worker read of the table `job`."""

    @override
    @transaction
    async def get(self, t: Transaction, job_id: int) -> Job | None:
        row = await t.row(JOB, {"id": job_id})
        return job_of(row) if row else None

    @override
    @transaction
    async def estimate(
        self, t: Transaction, recipe: Recipe, *, kind: Kind = "picture", resumed: bool = False
    ) -> float | None:
        return await estimates.estimate(t, recipe.quality, recipe.size, kind, resumed=resumed)

    @override
    async def wait(self, topic: Topic, seconds: float) -> None:
        await self._database.wait(topic, seconds)


class SqliteJobStore(SqliteJobReader, JobStore):
    """The tables `job` and `user_turn`, as the chat uses them; queueing also writes the draft and `style`."""

    @override
    @transaction
    async def enqueue(self, t: Transaction, new: NewJob) -> Job:
        if known := await t.row(JOB_OF_KEY, {"dedup_key": new.dedup_key}):
            return job_of(known)
        values = dataclasses.asdict(new) | dataclasses.asdict(new.address) | {"now": self.now()}
        values |= {name: json.dumps(values[name]) for name in ("recipe", "styles", "photos", "sources")}
        resumed = new.start is not None
        cost = await estimates.estimate(t, new.recipe.quality, new.recipe.size, new.kind, resumed=resumed)
        turn = await t.row(TAKE_TURN, {"user_id": new.address.user_id, "cost": cost or _UNKNOWN_COST})
        assert turn is not None
        row = await t.row(ENQUEUE, values | {"vt": turn["vt"]})
        assert row is not None
        await self._keep_style(t, row)
        # The blob of a photo that the job takes but does not name is deleted.
        t.drop(*(photo["blob"] for photo in await t.rows(TAKE_PHOTOS, values)))
        if new.photos:
            await t.rows(DROP_CHOSEN_STYLE, dataclasses.asdict(new.address))
        t.notify("work", "news")
        return job_of(row)

    @override
    @transaction
    async def swap(self, t: Transaction, job_id: int, style: StyleRef) -> bool:
        before = await t.row(JOB, {"id": job_id})
        swapped = await t.row(SWAP, {"id": job_id, "style": style})
        if swapped is None or before is None:
            return False
        await self._keep_style(t, swapped)
        t.drop(before["mask"], before["start"], before["preview"])
        t.notify("news")
        return True

    async def _keep_style(self, t: Transaction, row: sqlite3.Row) -> None:
        """Remember where the style of a job can be fetched; a preset needs no key."""
        style, sources = row["style"], json.loads(row["sources"])[1:]
        if style and f"preset:{style}" not in sources:
            values = {"key": style, "user_id": row["user_id"], "sources": json.dumps(sources), "now": self.now()}
            await t.rows(KEEP, values)

    @override
    @transaction
    async def cancel(self, t: Transaction, job_id: int) -> bool:
        cancelled = bool(await t.rows(CANCEL, {"id": job_id, "now": self.now()}))
        if cancelled:
            t.notify("news")
        return cancelled

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
        now = self.now()
        row = await t.row(LOAD, dataclasses.asdict(address) | {"since": now - _DAY})
        assert row is not None
        oldest = row["oldest"]
        return Load(row["own"], row["chat"], row["everyone"], row["today"], oldest + _DAY - now if oldest else 0.0)

    @override
    @transaction
    async def tally(self, t: Transaction) -> dict[str, int]:
        row = await t.row(TALLY, {"since": self.now() - _DAY})
        assert row is not None
        return dict(row)

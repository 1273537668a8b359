"""Deliveries: what a requester has been told, and what is kept after it."""

from __future__ import annotations

from typing_extensions import override

from bot.storage.chat_protocols import DeliveryStore
from bot.storage.models import Address, Job, KeptResult, SentPicture
from bot.storage.sql.database import Dialects, SqlStore, Transaction, locking, record, transaction
from bot.storage.sql.rows import JOB_BLOBS, blobs_of, job_of

_UNSETTLED = """
SELECT * FROM job
WHERE id IN (SELECT id FROM job WHERE delivery <> 'done' UNION ALL SELECT id FROM job WHERE {})
ORDER BY id
"""
# SQLite takes the index only for the very words of its condition.
UNSETTLED = Dialects(sqlite=_UNSETTLED.format("status_left = 1"), postgres=_UNSETTLED.format("status_left"))

SET_STATUS_MESSAGE = "UPDATE job SET status_message_id = :message_id WHERE id = :id"

BEGIN = """
UPDATE job SET delivery = 'sending'
WHERE id = :id AND state IN ('rendered', 'failed', 'cancelled') AND delivery = 'pending'
RETURNING id
"""

FAILED = "UPDATE job SET delivery = 'pending' WHERE id = :id AND delivery = 'sending'"

BLOBS_OF_ENDED = locking(
    f"SELECT {JOB_BLOBS} FROM job "
    "WHERE id = :id AND state IN ('rendered', 'failed', 'cancelled') AND delivery <> 'done'"
)

FINISH = """
UPDATE job SET state = CASE WHEN state = 'rendered' THEN 'delivered' ELSE state END, delivery = 'done',
               status_left = :status_left,
               picture_message_id = :picture_message_id, picture_file_id = :picture_file_id,
               content = '', styles = '[]', mask = NULL, start = NULL, preview = NULL, result = NULL, timelapse = NULL
WHERE id = :id
"""

STATUS_REMOVED = "UPDATE job SET status_left = FALSE, status_message_id = NULL WHERE id = :id"

REDIRECT = """
UPDATE job SET chat_id = :chat_id, thread_id = :thread_id, message_id = :message_id, status_message_id = NULL
WHERE id = :id
"""

KEEP_RESULT = """
INSERT INTO kept_result (job_id, user_id, picture, timelapse, kept_at)
SELECT id, user_id, result, timelapse, now_seconds() FROM job WHERE id = :id AND state = 'rendered'
ON CONFLICT (job_id) DO NOTHING
"""

KEPT_RESULT = "SELECT picture, timelapse FROM kept_result WHERE job_id = :id"
DROP_KEPT_RESULT = "DELETE FROM kept_result WHERE job_id = :id RETURNING picture, timelapse"

IS_FIRST = """
SELECT NOT EXISTS (SELECT 1 FROM job WHERE user_id = :user_id AND state = 'delivered' AND id <> :id) AS first
"""

ASK_REGION = """
INSERT INTO region_question (chat_id, message_id, job_id)
SELECT :chat_id, :message_id, id FROM job WHERE id = :id
ON CONFLICT (chat_id, message_id) DO UPDATE SET job_id = excluded.job_id
"""

ASKED_REGION = """
SELECT * FROM job
WHERE id = (SELECT job_id FROM region_question WHERE chat_id = :chat_id AND message_id = :message_id)
"""

OPEN_REGION = """
SELECT job.* FROM region_question AS question JOIN job ON job.id = question.job_id
WHERE question.chat_id = :chat_id AND job.user_id = :user_id AND NOT EXISTS (
    SELECT 1 FROM job AS later
    WHERE later.user_id = :user_id AND later.chat_id = :chat_id AND later.message_id > question.message_id
)
ORDER BY question.message_id DESC LIMIT 1
"""


class SqlDeliveryStore(SqlStore, DeliveryStore):
    """The tables `job`, `kept_result` and `region_question`."""

    @override
    @transaction
    async def unsettled(self, t: Transaction) -> list[Job]:
        return [job_of(row) for row in await t.rows(UNSETTLED)]

    @override
    @record
    async def set_status_message(self, t: Transaction, job_id: int, message_id: int) -> None:
        await t.rows(SET_STATUS_MESSAGE, {"id": job_id, "message_id": message_id})

    @override
    @transaction
    async def begin(self, t: Transaction, job_id: int) -> bool:
        return bool(await t.rows(BEGIN, {"id": job_id}))

    @override
    @record
    async def failed(self, t: Transaction, job_id: int) -> None:
        await t.rows(FAILED, {"id": job_id})

    @override
    @record
    async def finish(
        self,
        t: Transaction,
        job_id: int,
        *,
        keep: bool = False,
        picture: SentPicture | None = None,
        status_left: bool = False,
    ) -> None:
        if ended := await t.row(BLOBS_OF_ENDED, {"id": job_id}):
            if keep:
                await t.rows(KEEP_RESULT, {"id": job_id})
            sent = {
                "picture_message_id": picture.message_id if picture else None,
                "picture_file_id": picture.file_id if picture else "",
            }
            await t.rows(FINISH, {"id": job_id, "status_left": status_left, **sent})
            t.drop(*blobs_of(ended))

    @override
    @record
    async def status_removed(self, t: Transaction, job_id: int) -> None:
        await t.rows(STATUS_REMOVED, {"id": job_id})

    @override
    @record
    async def redirect(self, t: Transaction, job_id: int, address: Address, message_id: int) -> None:
        where = {"chat_id": address.chat_id, "thread_id": address.thread_id, "message_id": message_id}
        await t.rows(REDIRECT, {"id": job_id, **where})

    @override
    @transaction
    async def is_first(self, t: Transaction, job: Job) -> bool:
        row = await t.row(IS_FIRST, {"user_id": job.address.user_id, "id": job.id})
        assert row is not None
        return bool(row["first"])

    @override
    @transaction
    async def kept_result(self, t: Transaction, job_id: int) -> KeptResult | None:
        row = await t.row(KEPT_RESULT, {"id": job_id})
        return KeptResult(row["picture"], row["timelapse"]) if row else None

    @override
    @transaction
    async def drop_kept_result(self, t: Transaction, job_id: int) -> None:
        for row in await t.rows(DROP_KEPT_RESULT, {"id": job_id}):
            t.drop(*row.values())

    @override
    @record
    async def ask_region(self, t: Transaction, job_id: int, chat_id: int, message_id: int) -> None:
        await t.rows(ASK_REGION, {"id": job_id, "chat_id": chat_id, "message_id": message_id})

    @override
    @transaction
    async def asked_region(self, t: Transaction, chat_id: int, message_id: int) -> Job | None:
        row = await t.row(ASKED_REGION, {"chat_id": chat_id, "message_id": message_id})
        return job_of(row) if row else None

    @override
    @transaction
    async def open_region(self, t: Transaction, address: Address) -> Job | None:
        row = await t.row(OPEN_REGION, {"chat_id": address.chat_id, "user_id": address.user_id})
        return job_of(row) if row else None

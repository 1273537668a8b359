"""Received updates."""

from __future__ import annotations

from typing_extensions import override

from bot.storage.chat_protocols import UpdateStore
from bot.storage.sql.database import Dialects, SqlStore, Transaction, record, transaction

RECEIVE = """
INSERT INTO inbox (update_id, body, received_at) VALUES (:update_id, :body, now_seconds())
ON CONFLICT (update_id) DO NOTHING
RETURNING update_id
"""

# The number stays, so that the update is known when it comes again; what the user wrote does not.
FINISH = "UPDATE inbox SET handled = TRUE, body = '' WHERE update_id = :update_id"

# SQLite takes the index only for the very words of its condition.
PENDING = Dialects(
    sqlite="SELECT body FROM inbox WHERE handled = 0 ORDER BY update_id",
    postgres="SELECT body FROM inbox WHERE NOT handled ORDER BY update_id",
)


class SqlUpdateStore(SqlStore, UpdateStore):
    """Updates in the table `inbox`."""

    @override
    @transaction
    async def receive(self, t: Transaction, update_id: int, body: str) -> bool:
        return bool(await t.rows(RECEIVE, {"update_id": update_id, "body": body}))

    @override
    @record
    async def finish(self, t: Transaction, update_id: int) -> None:
        await t.rows(FINISH, {"update_id": update_id})

    @override
    @transaction
    async def pending(self, t: Transaction) -> list[str]:
        return [row["body"] for row in await t.rows(PENDING)]

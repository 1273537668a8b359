"""Known, banned and forgotten people on SQLite, and messages to everybody."""

from __future__ import annotations

import secrets

from typing_extensions import override

from bot.storage.chat_protocols import PeopleStore
from bot.storage.models import Preference, Standing
from bot.storage.sqlite import retention
from bot.storage.sqlite.database import SqliteStore, Transaction, record, transaction
from bot.storage.sqlite.rows import recipe_of
from bot.storage.sqlite.settings import PREFERENCE, RECIPE

STANDING = """
SELECT EXISTS (SELECT 1 FROM banned WHERE user_id = :user_id) AS banned,
       EXISTS (SELECT 1 FROM maintenance) AS maintenance
"""

MEET = """
INSERT INTO known_chat (user_id, met_at) VALUES (:user_id, :now) ON CONFLICT (user_id) DO NOTHING RETURNING user_id
"""

KNOWS = "SELECT 1 FROM known_chat WHERE user_id = :user_id"

BAN = "INSERT INTO banned (user_id, banned_at) VALUES (:user_id, :now) ON CONFLICT DO NOTHING RETURNING user_id"
UNBAN = "DELETE FROM banned WHERE user_id = :user_id RETURNING user_id"

BEGIN_MAINTENANCE = "INSERT INTO maintenance (id, since) VALUES (1, :now) ON CONFLICT DO NOTHING"
END_MAINTENANCE = "DELETE FROM maintenance"

# Groups have negative ids.
WRITE_BROADCAST = """
INSERT INTO broadcast_message (user_id, text)
SELECT user_id, :text FROM known_chat
WHERE user_id > 0 AND user_id NOT IN (SELECT user_id FROM banned)
RETURNING id
"""

# Taken before it is sent: nobody gets a message twice.
TAKE_BROADCAST = """
DELETE FROM broadcast_message WHERE id = (SELECT min(id) FROM broadcast_message) RETURNING user_id, text
"""

MAKE_VOTER = "INSERT INTO voter (user_id, number) VALUES (:user_id, :number) ON CONFLICT (user_id) DO NOTHING"
VOTER = "SELECT number FROM voter WHERE user_id = :user_id"

# The messages of the old chat cannot be reached from the new one, where their ids are other messages': a new status
# message is posted, and the request is neither answered by a reply nor marked by a reaction.
_MOVE_JOBS = """
UPDATE job SET chat_id = :new, thread_id = NULL, message_id = 0, status_message_id = NULL WHERE chat_id = :old
"""

# Ids below all others keep the order, and are no message of the new chat.
_MOVE_PHOTOS = """
UPDATE photo SET chat_id = :new, thread_id = NULL, message_id = message_id - 1000000000000 WHERE chat_id = :old
"""

MOVE_CHAT = (
    _MOVE_JOBS,
    _MOVE_PHOTOS,
    "UPDATE draft_style SET chat_id = :new, thread_id = NULL WHERE chat_id = :old",
    "UPDATE OR REPLACE recipe SET user_id = :new WHERE user_id = :old",
    "UPDATE OR REPLACE preference SET user_id = :new WHERE user_id = :old",
    "UPDATE OR REPLACE known_chat SET user_id = :new WHERE user_id = :old",
)


class SqlitePeopleStore(SqliteStore, PeopleStore):
    """The tables of people and messages to them, and what concerns all tables."""

    @override
    @transaction
    async def standing(self, t: Transaction, user_id: int, chat_id: int) -> Standing:
        row = await t.row(STANDING, {"user_id": user_id})
        chosen = await t.row(PREFERENCE, {"user_id": user_id})
        recipe = await t.row(RECIPE, {"user_id": chat_id}) or await t.row(RECIPE, {"user_id": user_id})
        assert row is not None
        return Standing(
            Preference(**chosen) if chosen else Preference(),
            bool(row["banned"]),
            bool(row["maintenance"]),
            recipe_of(recipe) if recipe else None,
        )

    @override
    @transaction
    async def knows(self, t: Transaction, who: int) -> bool:
        return bool(await t.rows(KNOWS, {"user_id": who}))

    @override
    @transaction
    async def meet(self, t: Transaction, who: int) -> bool:
        return bool(await t.rows(MEET, {"user_id": who, "now": self.now()}))

    @override
    @transaction
    async def ban(self, t: Transaction, user_id: int, *, banned: bool) -> bool:
        return bool(await t.rows(BAN if banned else UNBAN, {"user_id": user_id, "now": self.now()}))

    @override
    @transaction
    async def set_maintenance(self, t: Transaction, *, on: bool) -> None:
        await t.rows(BEGIN_MAINTENANCE if on else END_MAINTENANCE, {"now": self.now()})

    @override
    @transaction
    async def write_broadcast(self, t: Transaction, text: str) -> int:
        return len(await t.rows(WRITE_BROADCAST, {"text": text}))

    @override
    @transaction
    async def take_broadcast(self, t: Transaction) -> tuple[int, str] | None:
        row = await t.row(TAKE_BROADCAST)
        return (row["user_id"], row["text"]) if row else None

    @override
    @transaction
    async def voter(self, t: Transaction, user_id: int) -> str:
        await t.rows(MAKE_VOTER, {"user_id": user_id, "number": secrets.token_hex(8)})
        row = await t.row(VOTER, {"user_id": user_id})
        assert row is not None
        return str(row["number"])

    @override
    @record
    async def move_chat(self, t: Transaction, old: int, new: int) -> None:
        for sql in MOVE_CHAT:
            await t.rows(sql, {"old": old, "new": new})
        t.notify("news")

    @override
    async def forget(self, user_id: int) -> int:
        count = await self._database.transaction(lambda t: retention.forget(t, user_id), self.patience)
        await self._database.checkpoint(self.patience)  # takes it out of the write-ahead log too
        return count

    @override
    @transaction
    async def prune(self, t: Transaction, now: float) -> int:
        return await retention.prune(t, now)

"""Known, banned and forgotten people, and messages to everybody."""

from __future__ import annotations

import secrets

from typing_extensions import override

from bot.storage.chat_protocols import PeopleStore
from bot.storage.models import Preference, Standing
from bot.storage.sql import retention
from bot.storage.sql.database import Dialects, SqlStore, Transaction, record, transaction
from bot.storage.sql.rows import recipe_of
from bot.storage.sql.settings import PREFERENCE, RECIPE

STANDING = """
SELECT EXISTS (SELECT 1 FROM banned WHERE user_id = :user_id) AS banned,
       EXISTS (SELECT 1 FROM maintenance) AS maintenance
"""

MEET = """
INSERT INTO known_chat (user_id, met_at) VALUES (:user_id, now_seconds())
ON CONFLICT (user_id) DO NOTHING RETURNING user_id
"""

KNOWS = "SELECT 1 FROM known_chat WHERE user_id = :user_id"

BAN = (
    "INSERT INTO banned (user_id, banned_at) VALUES (:user_id, now_seconds()) ON CONFLICT DO NOTHING RETURNING user_id"
)
UNBAN = "DELETE FROM banned WHERE user_id = :user_id RETURNING user_id"

BEGIN_MAINTENANCE = "INSERT INTO maintenance (id, since) VALUES (1, now_seconds()) ON CONFLICT DO NOTHING"
END_MAINTENANCE = "DELETE FROM maintenance"

# Groups have negative ids.
WRITE_BROADCAST = """
INSERT INTO broadcast_message (user_id, text)
SELECT user_id, :text FROM known_chat
WHERE user_id > 0 AND user_id NOT IN (SELECT user_id FROM banned)
RETURNING id
"""

_TAKE_BROADCAST = "DELETE FROM broadcast_message WHERE id = ({}) RETURNING user_id, text"
_NEXT_BROADCAST = "SELECT id FROM broadcast_message ORDER BY id LIMIT 1"

# Taken before it is sent: nobody gets a message twice.
TAKE_BROADCAST = Dialects(
    sqlite=_TAKE_BROADCAST.format(_NEXT_BROADCAST),
    postgres=_TAKE_BROADCAST.format(f"{_NEXT_BROADCAST} FOR UPDATE SKIP LOCKED"),
)


def _moving(table: str) -> tuple[str, str]:
    """Return what gives the row of a group its new id, in place of a row that has this id."""
    return (
        f"DELETE FROM {table} WHERE user_id = :new AND EXISTS (SELECT 1 FROM {table} WHERE user_id = :old)",
        f"UPDATE {table} SET user_id = :new WHERE user_id = :old",
    )


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
    *(sql for table in ("recipe", "preference", "known_chat") for sql in _moving(table)),
)


class SqlPeopleStore(SqlStore, PeopleStore):
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
        return bool(await t.rows(MEET, {"user_id": who}))

    @override
    @transaction
    async def ban(self, t: Transaction, user_id: int, *, banned: bool) -> bool:
        return bool(await t.rows(BAN if banned else UNBAN, {"user_id": user_id}))

    @override
    @transaction
    async def set_maintenance(self, t: Transaction, *, on: bool) -> None:
        await t.rows(BEGIN_MAINTENANCE if on else END_MAINTENANCE)

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
        count = await self._database.transaction(lambda t: retention.forget(t, self._carrier, user_id), self.patience)
        await self._database.scrub(self.patience)
        return count

    @override
    async def prune(self) -> int:
        count = await self._database.transaction(retention.prune, self.patience)
        await self._database.transaction(retention.begin_turns_anew, self.patience)
        await self._database.sweep()
        return count

"""Drafts."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection

from typing_extensions import override

from bot.storage.models import NO_SOURCE, Address, BlobKey, Photo, Source
from bot.storage.protocols import DraftStore
from bot.storage.sql.database import Dialects, SqlStore, Transaction, transaction

_OF_ADDRESS = "chat_id = :chat_id AND thread_id IS NOT DISTINCT FROM :thread_id AND user_id = :user_id"

# The row stays after the photo has left the draft, so that the message is not added twice.
ADD_PHOTO = """
INSERT INTO photo (chat_id, thread_id, user_id, message_id, slot, blob, source, spoiler, added_at)
VALUES (:chat_id, :thread_id, :user_id, :message_id, :slot, :blob, :source, :spoiler, now_seconds())
ON CONFLICT (chat_id, message_id, slot) DO NOTHING
RETURNING id
"""

PHOTOS = f"""
SELECT id, message_id, blob, source, is_style, spoiler FROM photo
WHERE {_OF_ADDRESS} AND left_at IS NULL
ORDER BY is_style, message_id, slot
"""

SWAP = f"UPDATE photo SET is_style = NOT is_style WHERE {_OF_ADDRESS} AND left_at IS NULL RETURNING id"

_DISCARD = f"UPDATE photo SET left_at = now_seconds() WHERE {_OF_ADDRESS} AND left_at IS NULL"

# The messages whose photos stay are a JSON list.
DISCARD = Dialects(
    sqlite=f"{_DISCARD} AND message_id NOT IN (SELECT value FROM json_each(:but)) RETURNING blob",
    postgres=f"{_DISCARD} AND NOT CAST(:but AS jsonb) @> to_jsonb(message_id) RETURNING blob",
)

CHOSEN_STYLE = f"SELECT reference FROM draft_style WHERE {_OF_ADDRESS}"
DROP_CHOSEN_STYLE = f"DELETE FROM draft_style WHERE {_OF_ADDRESS}"

CHOOSE_STYLE = """
INSERT INTO draft_style (chat_id, thread_id, user_id, reference, chosen_at)
VALUES (:chat_id, :thread_id, :user_id, :reference, now_seconds())
"""


class SqlDraftStore(SqlStore, DraftStore):
    """Drafts in the tables `photo` and `draft_style`."""

    @override
    @transaction
    async def add_photo(
        self,
        t: Transaction,
        address: Address,
        message_id: int,
        blob: BlobKey,
        *,
        source: Source = NO_SOURCE,
        replied: bool = False,
        spoiler: bool = False,
    ) -> bool:
        values = dataclasses.asdict(address) | {"message_id": message_id, "blob": blob, "source": source}
        values |= {"slot": 0 if replied else 1, "spoiler": spoiler}
        if await t.rows(ADD_PHOTO, values):
            return True
        t.drop(blob)
        return False

    @override
    @transaction
    async def photos(self, t: Transaction, address: Address) -> list[Photo]:
        rows = await t.rows(PHOTOS, dataclasses.asdict(address))
        return [Photo(**dict(row) | {name: bool(row[name]) for name in ("is_style", "spoiler")}) for row in rows]

    @override
    @transaction
    async def swap(self, t: Transaction, address: Address) -> bool:
        return bool(await t.rows(SWAP, dataclasses.asdict(address)))

    @override
    @transaction
    async def chosen_style(self, t: Transaction, address: Address) -> str | None:
        row = await t.row(CHOSEN_STYLE, dataclasses.asdict(address))
        return row["reference"] if row else None

    @override
    @transaction
    async def choose_style(self, t: Transaction, address: Address, reference: str) -> None:
        values = dataclasses.asdict(address)
        await t.lock(f"draft of {address}")  # nor another choice in between
        await t.rows(DROP_CHOSEN_STYLE, values)  # no upsert: a primary key would take each topic that is NULL as new
        await t.rows(CHOOSE_STYLE, values | {"reference": reference})

    @override
    @transaction
    async def discard(self, t: Transaction, address: Address, *, but: Collection[int] = ()) -> int:
        values = dataclasses.asdict(address) | {"but": json.dumps(list(but))}
        rows = await t.rows(DISCARD, values)
        t.drop(*(row["blob"] for row in rows))
        await t.rows(DROP_CHOSEN_STYLE, values)
        return len(rows)

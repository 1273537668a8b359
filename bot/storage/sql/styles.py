"""Styles and their names."""

from __future__ import annotations

import json

from typing_extensions import override

from bot.storage.chat_protocols import StyleStore
from bot.storage.models import Source, StyleRef
from bot.storage.sql.database import SqlStore, Transaction, transaction

KEEP = """
INSERT INTO style (key, user_id, sources, used_at) VALUES (:key, :user_id, :sources, now_seconds())
ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at
"""

SOURCES = "UPDATE style SET used_at = now_seconds() WHERE key = :key RETURNING sources"

NAME = """
INSERT INTO named_style (user_id, name, reference)
SELECT :user_id, :name, :style
WHERE (SELECT count(*) FROM named_style WHERE user_id = :user_id AND name <> :name) < :most
ON CONFLICT (user_id, name) DO UPDATE SET reference = excluded.reference
RETURNING name
"""

NAMED = "SELECT reference FROM named_style WHERE user_id = :user_id AND name = :name"
NAMES = "SELECT name FROM named_style WHERE user_id = :user_id ORDER BY name"


class SqlStyleStore(SqlStore, StyleStore):
    """The tables `style` and `named_style`."""

    @override
    @transaction
    async def keep(self, t: Transaction, key: StyleRef, user_id: int, sources: tuple[Source, ...]) -> None:
        await t.rows(KEEP, {"key": key, "user_id": user_id, "sources": json.dumps(sources)})

    @override
    @transaction
    async def sources(self, t: Transaction, key: StyleRef) -> tuple[Source, ...] | None:
        row = await t.row(SOURCES, {"key": key})
        return tuple(json.loads(row["sources"])) if row else None

    @override
    @transaction
    async def name(self, t: Transaction, user_id: int, name: str, style: StyleRef, *, most: int) -> bool:
        await t.lock(f"names {user_id}")  # no other may be added after they were counted
        return bool(await t.rows(NAME, {"user_id": user_id, "name": name, "style": style, "most": most}))

    @override
    @transaction
    async def named(self, t: Transaction, user_id: int, name: str) -> StyleRef | None:
        row = await t.row(NAMED, {"user_id": user_id, "name": name})
        return row["reference"] if row else None

    @override
    @transaction
    async def names(self, t: Transaction, user_id: int) -> list[str]:
        return [row["name"] for row in await t.rows(NAMES, {"user_id": user_id})]

"""What the conversation remembers, on SQLite. The promises are written at `bot.storage.protocols.ChatStore`."""

from __future__ import annotations

import dataclasses
import json

from bot.storage.models import Preference, Recipe, Standing
from bot.storage.sqlite import chat_queries as queries
from bot.storage.sqlite.database import SqliteStore, Transaction, transaction
from bot.storage.sqlite.rows import blobs_of, kept_of

_KEEP_UPDATES = 48 * 3600.0  # Telegram itself sends an update again for at most a day
_KEEP_STYLES = 90 * 24 * 3600.0  # since a recipe code was last used


class SqliteChatStore(SqliteStore):
    """Inbox, settings, and the right to be forgotten."""

    @transaction
    async def receive_update(self, t: Transaction, update_id: int, body: str) -> bool:
        """Keep an update; False if it was received before."""
        values = {"update_id": update_id, "body": body, "now": self._database.clock()}
        return bool(await t.rows(queries.RECEIVE_UPDATE, values))

    @transaction
    async def finish_update(self, t: Transaction, update_id: int) -> None:
        """Note that an update was handled, and wipe its body."""
        await t.rows(queries.FINISH_UPDATE, {"update_id": update_id})

    @transaction
    async def pending_updates(self, t: Transaction) -> list[str]:
        """Return the bodies of the updates that were not handled, in order."""
        return [row["body"] for row in await t.rows(queries.PENDING_UPDATES)]

    @transaction
    async def recipe(self, t: Transaction, user_id: int) -> Recipe | None:
        """Return the user's settings."""
        row = await t.row(queries.RECIPE, {"user_id": user_id})
        return Recipe(**row) if row else None

    @transaction
    async def save_recipe(self, t: Transaction, user_id: int, recipe: Recipe) -> None:
        """Save the user's settings."""
        await t.rows(queries.SAVE_RECIPE, {"user_id": user_id, **recipe.to_dict()})

    @transaction
    async def preference(self, t: Transaction, user_id: int) -> Preference:
        """Return what the user chose besides the recipe."""
        row = await t.row(queries.PREFERENCE, {"user_id": user_id})
        return Preference(**row) if row else Preference()

    @transaction
    async def save_preference(self, t: Transaction, user_id: int, preference: Preference) -> None:
        """Save what the user chose."""
        await t.rows(queries.SAVE_PREFERENCE, {"user_id": user_id, **dataclasses.asdict(preference)})

    @transaction
    async def standing(self, t: Transaction, user_id: int) -> Standing:
        """Return what has to be known of a user before anything else."""
        row = await t.row(queries.STANDING, {"user_id": user_id})
        chosen = await t.row(queries.PREFERENCE, {"user_id": user_id})
        assert row is not None
        preference = Preference(**chosen) if chosen else Preference()
        return Standing(preference, bool(row["banned"]), bool(row["maintenance"]))

    @transaction
    async def meet(self, t: Transaction, who: int) -> bool:
        """Remember a user or a group."""
        return bool(await t.rows(queries.MEET, {"user_id": who, "now": self._database.clock()}))

    @transaction
    async def ban(self, t: Transaction, user_id: int, *, banned: bool) -> bool:
        """Ban a user, or let them in again."""
        values = {"user_id": user_id, "now": self._database.clock()}
        return bool(await t.rows(queries.BAN if banned else queries.UNBAN, values))

    @transaction
    async def maintain(self, t: Transaction, *, on: bool) -> None:
        """Begin or end maintenance."""
        await t.rows(queries.BEGIN_MAINTENANCE if on else queries.END_MAINTENANCE, {"now": self._database.clock()})

    @transaction
    async def write_letters(self, t: Transaction, text: str) -> int:
        """Leave a letter for everybody whom we know."""
        return len(await t.rows(queries.WRITE_LETTERS, {"text": text}))

    @transaction
    async def take_letter(self, t: Transaction) -> tuple[int, str] | None:
        """Take the next letter."""
        row = await t.row(queries.TAKE_LETTER)
        return (row["user_id"], row["text"]) if row else None

    @transaction
    async def move_chat(self, t: Transaction, old: int, new: int) -> None:
        """Move a group's settings to its new id."""
        for sql in (queries.MOVE_RECIPE, queries.MOVE_PREFERENCE, queries.MOVE_ACQUAINTANCE):
            await t.rows(sql, {"old": old, "new": new})

    @transaction
    async def keep_style(self, t: Transaction, key: str, user_id: int, sources: tuple[str, ...]) -> None:
        """Remember where a style's pictures can be fetched."""
        values = {"key": key, "user_id": user_id, "sources": json.dumps(sources), "now": self._database.clock()}
        await t.rows(queries.KEEP_STYLE, values)

    @transaction
    async def style(self, t: Transaction, key: str) -> tuple[str, ...] | None:
        """Return where a style's pictures can be fetched."""
        row = await t.row(queries.USE_STYLE, {"key": key, "now": self._database.clock()})
        return tuple(json.loads(row["sources"])) if row else None

    @transaction
    async def name_style(self, t: Transaction, user_id: int, name: str, reference: str, *, most: int) -> bool:
        """Give a style a name of the user's own."""
        values = {"user_id": user_id, "name": name, "reference": reference, "most": most}
        return bool(await t.rows(queries.NAME_STYLE, values))

    @transaction
    async def named_style(self, t: Transaction, user_id: int, name: str) -> str | None:
        """Return the style that a user calls so."""
        row = await t.row(queries.NAMED_STYLE, {"user_id": user_id, "name": name})
        return row["reference"] if row else None

    @transaction
    async def style_names(self, t: Transaction, user_id: int) -> list[str]:
        """Return the names that a user has given."""
        return [row["name"] for row in await t.rows(queries.STYLE_NAMES, {"user_id": user_id})]

    async def forget(self, user_id: int) -> int:
        """Delete everything of a user, from the write-ahead log too."""
        count = await self._forget(user_id)
        await self._database.checkpoint()
        return count

    @transaction
    async def _forget(self, t: Transaction, user_id: int) -> int:
        user = {"user_id": user_id}
        jobs = await t.rows(queries.FORGET_JOBS, user)
        for job in jobs:
            t.drop(*blobs_of(job))
        t.drop(*(photo["blob"] for photo in await t.rows(queries.FORGET_PHOTOS, user)))
        for kept in await t.rows(queries.FORGET_KEPT, user):
            t.drop(*kept_of(kept))
        for sql in (
            queries.FORGET_RECIPE, queries.FORGET_WISHES, queries.FORGET_STYLES, queries.FORGET_PREFERENCE,
            queries.FORGET_ACQUAINTANCE, queries.FORGET_LETTERS, queries.FORGET_TENANT, queries.FORGET_NAMES,
        ):  # fmt: skip
            await t.rows(sql, user)
        t.wake("news")
        return len(jobs)

    @transaction
    async def prune(self, t: Transaction, now: float) -> int:
        """Delete the numbers of updates that were handled two days ago, and styles that nobody uses."""
        updates = await t.rows(queries.PRUNE_INBOX, {"before": now - _KEEP_UPDATES})
        return len(updates) + len(await t.rows(queries.PRUNE_STYLES, {"before": now - _KEEP_STYLES}))

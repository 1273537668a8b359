"""The photos of the next job, on SQLite. The promises are written at `bot.storage.protocols.JobStore`."""

from __future__ import annotations

import dataclasses

from bot.storage.models import Address, Photo
from bot.storage.sqlite import job_queries
from bot.storage.sqlite.database import SqliteStore, Transaction, transaction


class SqliteDraftStore(SqliteStore):
    """What users have sent for their next job."""

    @transaction
    async def add_photo(
        self,
        t: Transaction,
        address: Address,
        message_id: int,
        blob: str,
        *,
        source: str = "",
        replied: bool = False,
        spoiler: bool = False,
    ) -> bool:
        """Add a photo to the draft; the blob of a message that was added before is dropped."""
        values = dataclasses.asdict(address) | {"message_id": message_id, "blob": blob, "source": source}
        values |= {"slot": 0 if replied else 1, "spoiler": spoiler, "now": self._now()}
        if await t.rows(job_queries.ADD_PHOTO, values):
            return True
        t.drop(blob)
        return False

    @transaction
    async def draft(self, t: Transaction, address: Address) -> list[Photo]:
        """Return the photos of the draft."""
        rows = await t.rows(job_queries.DRAFT, dataclasses.asdict(address))
        return [Photo(**dict(row) | {name: bool(row[name]) for name in ("is_style", "spoiler")}) for row in rows]

    @transaction
    async def swap_draft(self, t: Transaction, address: Address) -> bool:
        """Make the content of the draft its style, and the style its content."""
        return bool(await t.rows(job_queries.SWAP_DRAFT, dataclasses.asdict(address)))

    @transaction
    async def wish(self, t: Transaction, address: Address) -> str | None:
        """Return the style that was chosen by name."""
        row = await t.row(job_queries.WISH, dataclasses.asdict(address))
        return row["reference"] if row else None

    @transaction
    async def make_wish(self, t: Transaction, address: Address, reference: str) -> None:
        """Choose the draft's style by name."""
        values = dataclasses.asdict(address)
        await t.rows(job_queries.DROP_WISH, values)
        await t.rows(job_queries.MAKE_WISH, values | {"reference": reference, "now": self._now()})

    @transaction
    async def discard_draft(self, t: Transaction, address: Address, *, but: int | None = None) -> int:
        """Drop the draft and its blobs."""
        values = dataclasses.asdict(address) | {"now": self._now(), "but": but}
        rows = await t.rows(job_queries.DISCARD_DRAFT, values)
        t.drop(*(row["blob"] for row in rows))
        if but is None:
            await t.rows(job_queries.DROP_WISH, values)
        return len(rows)

    def _now(self) -> float:
        return self._database.clock()

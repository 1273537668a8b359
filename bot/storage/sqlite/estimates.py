"""How many seconds jobs need, and when a queued one will be done, from what earlier ones took."""

from __future__ import annotations

import sqlite3

from bot.storage.models import Kind, Place, State
from bot.storage.sqlite import job_queries
from bot.storage.sqlite.database import Transaction

_Known = dict[tuple[object, ...], float | None]  # seconds by quality, size, kind, and whether it goes on


async def estimate(t: Transaction, quality: str, size: int | None, kind: Kind, *, resumed: bool) -> float | None:
    """Return the mean seconds of recent jobs like this one; going on takes no longer than beginning anew."""
    for way in (True, False) if resumed else (False,):
        row = await t.row(job_queries.ESTIMATE, {"quality": quality, "size": size, "kind": kind, "resumed": way})
        assert row is not None  # an average is one row, also of nothing
        seconds: float | None = row["scaled"] if row["same"] is None else row["same"]
        if seconds is not None:
            return seconds
    return None


async def place(t: Transaction, job_id: int) -> Place:
    """Return how many jobs are before this one, and about how long its picture takes from now."""
    rows = await t.rows(job_queries.BEFORE, {"id": job_id})
    own = next((row for row in rows if row["id"] == job_id), None)
    if own is None:  # it ended since
        return Place(ahead=0, seconds=None)
    if own["state"] == State.RUNNING:
        return Place(ahead=0, seconds=await _rest(t, own, {}))
    known: _Known = {}
    before = [await _rest(t, row, known) for row in rows if row is not own]
    wait = None if None in before else sum(seconds or 0 for seconds in before)
    workers = max(1, sum(row["state"] == State.RUNNING for row in rows))
    needed = await _rest(t, own, known)
    seconds = None if wait is None or needed is None else wait / workers + needed
    return Place(ahead=len(before), seconds=seconds)


async def _rest(t: Transaction, row: sqlite3.Row, known: _Known) -> float | None:
    """Return the seconds that a queued or running job still needs; `known` saves asking for each kind again."""
    if row["seconds_left"] is not None:
        return float(row["seconds_left"])
    like = row["quality"], row["size"], row["kind"]
    if (*like, row["resumed"]) not in known:
        known[*like, row["resumed"]] = await estimate(t, *like, resumed=row["resumed"])
    whole = known[*like, row["resumed"]]
    return None if whole is None else whole * (1 - row["progress"])

"""How many seconds jobs need, and when a queued one will be done, from what earlier ones took."""

from __future__ import annotations

from bot.storage.models import Kind, Place, State
from bot.storage.sql.database import Row, Transaction

# Seconds grow with the number of pixels: jobs of another size count too, by the longest edge of their pictures.
ESTIMATE = """
SELECT avg(seconds) FILTER (WHERE size IS NOT DISTINCT FROM CAST(:size AS INTEGER)) AS same,
       avg(seconds * CAST(:size AS INTEGER) * CAST(:size AS INTEGER) / (edge * edge)) AS scaled
FROM (SELECT seconds, size, CASE WHEN width > height THEN width ELSE height END AS edge
      FROM (SELECT seconds, size, CAST(report -> 'size' ->> 0 AS INTEGER) AS width,
                   CAST(report -> 'size' ->> 1 AS INTEGER) AS height
            FROM job
            WHERE quality = :quality AND kind = :kind AND resumed = :resumed AND seconds IS NOT NULL
            ORDER BY id DESC LIMIT 20) AS recent) AS measured
"""

# The job itself, the running jobs, and those queued before it.
BEFORE = """
SELECT id, state, quality, size, kind, resumed, progress, seconds_left FROM job
WHERE delivery <> 'done'
      AND (state = 'running' OR (state = 'queued' AND (vt, id) <= (SELECT vt, id FROM job WHERE id = :id)))
"""

_Known = dict[tuple[object, ...], float | None]  # seconds by quality, size, kind, and whether the job is resumed


async def estimate(t: Transaction, quality: str, size: int | None, kind: Kind, *, resumed: bool) -> float | None:
    """Return the mean seconds of recent jobs like this one; a resumed job takes no longer than one from the start."""
    for way in (True, False) if resumed else (False,):
        row = await t.row(ESTIMATE, {"quality": quality, "size": size, "kind": kind, "resumed": way})
        assert row is not None  # an average is one row, also of nothing
        seconds: float | None = row["scaled"] if row["same"] is None else row["same"]
        if seconds is not None:
            return seconds
    return None


async def place(t: Transaction, job_id: int) -> Place:
    """Return how many jobs are before this one, and the estimated seconds until its picture."""
    rows = await t.rows(BEFORE, {"id": job_id})
    own = next((row for row in rows if row["id"] == job_id), None)
    if own is None:  # it ended since
        return Place(ahead=0, seconds=None)
    if own["state"] == State.RUNNING:
        return Place(ahead=0, seconds=await _seconds_left(t, own, {}))
    known: _Known = {}
    before = [await _seconds_left(t, row, known) for row in rows if row is not own]
    wait = None if None in before else sum(seconds or 0 for seconds in before)
    workers = max(1, sum(row["state"] == State.RUNNING for row in rows))
    needed = await _seconds_left(t, own, known)
    seconds = None if wait is None or needed is None else wait / workers + needed
    return Place(ahead=len(before), seconds=seconds)


async def _seconds_left(t: Transaction, row: Row, known: _Known) -> float | None:
    """Return the seconds that a queued or running job still needs; `known` keeps the estimates that were read."""
    if row["seconds_left"] is not None:
        return float(row["seconds_left"])
    like = row["quality"], row["size"], row["kind"]
    if (*like, row["resumed"]) not in known:
        known[*like, row["resumed"]] = await estimate(t, *like, resumed=row["resumed"])
    whole = known[*like, row["resumed"]]
    return None if whole is None else whole * (1 - row["progress"])

"""How many seconds jobs need, and when a queued one will be done: from what earlier ones took, else from forecasts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import harmonic_mean

from bot.storage.models import SILENT, Kind, Place, State
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
                  AND (CAST(:painter AS TEXT) IS NULL OR painter = :painter)
            ORDER BY id DESC LIMIT 20) AS recent) AS measured
"""

WORKERS = """
SELECT name, painter, forecast, weights <> '' AS serves FROM worker
WHERE painter <> '' AND abs(now_seconds() - seen_at) < :silent
"""

# The job itself, the running jobs, and those queued before it.
BEFORE = """
SELECT id, state, user_id, worker, quality, size, kind, resumed, progress, seconds_left FROM job
WHERE delivery <> 'done'
      AND (state = 'running' OR (state = 'queued' AND (vt, id) <= (SELECT vt, id FROM job WHERE id = :id)))
"""


@dataclass(frozen=True)
class Like:
    """What decides how long a job takes."""

    quality: str
    size: int | None
    kind: Kind
    resumed: bool


async def estimate(t: Transaction, like: Like, worker: str | None = None) -> float | None:
    """Return the seconds that a job like this takes.

    Args:
        t: What reads.
        like: Its quality, size and kind, and whether it is resumed.
        worker: By this one alone; None: by those in service, who take the more jobs the quicker they are, so that the
            harmonic mean of their seconds is expected.
    """
    return await _seconds(t, like, _named(await _workers(t), worker))


async def place(t: Transaction, job_id: int) -> Place:
    """Return how many jobs are before this one, and the estimated seconds until its picture."""
    rows = await t.rows(BEFORE, {"id": job_id})
    own = next((row for row in rows if row["id"] == job_id), None)
    if own is None:  # it ended since
        return Place(ahead=0, seconds=None)
    workers = await _workers(t)
    if own["state"] == State.RUNNING:
        return Place(ahead=0, seconds=await _seconds_left(t, own, workers, {}))
    known: dict[tuple[Like, str | None], float | None] = {}
    before = [await _seconds_left(t, row, workers, known) for row in rows if row is not own]
    needed = await _seconds_left(t, own, workers, known)
    if needed is None or None in before:
        return Place(ahead=len(before), seconds=None)
    # Of each user one job is painted at a time.
    painting = min(len({row["user_id"] for row in rows}), sum(bool(worker["serves"]) for worker in workers))
    at_once = max(1, painting, sum(row["state"] == State.RUNNING for row in rows))
    return Place(ahead=len(before), seconds=sum(seconds or 0 for seconds in before) / at_once + needed)


async def _workers(t: Transaction) -> list[Row]:
    """Return the workers in service; if there are none, those whose engine child starts again."""
    rows = await t.rows(WORKERS, {"silent": SILENT})
    return [row for row in rows if row["serves"]] or rows


def _named(workers: list[Row], name: str | None) -> list[Row]:
    """Return the worker of this name alone, all where there is none."""
    return [worker for worker in workers if worker["name"] == name] or workers


async def _seconds(t: Transaction, like: Like, workers: list[Row]) -> float | None:
    seconds = [await _by_worker(t, like, worker) for worker in workers]
    if known := [each for each in seconds if each is not None]:
        return harmonic_mean(known)
    return await _learned(t, like, None)


async def _by_worker(t: Transaction, like: Like, worker: Row) -> float | None:
    """Return the mean seconds of recent jobs of the worker's painter, else what its engine child has forecast."""
    learned = await _learned(t, like, worker["painter"])
    if learned is not None or like.kind == "sheet":
        return learned
    forecast = {int(edge): seconds for edge, seconds in json.loads(worker["forecast"]).get(like.quality, {}).items()}
    return _scaled(forecast, like.size)


def _scaled(forecast: Mapping[int, float], size: int | None) -> float | None:
    """Return the seconds at a size: those of the nearest one, in proportion to the pixels."""
    sizes = [edge for edge in forecast if edge]
    if size is None or not sizes:
        return forecast.get(0)
    nearest = min(sizes, key=lambda edge: abs(math.log(edge / size)))
    return forecast[nearest] * (size / nearest) ** 2


async def _learned(t: Transaction, like: Like, painter: str | None) -> float | None:
    """Return the mean seconds of a painter's jobs, with None of all; a resumed one takes no longer than a whole one."""
    values = {"quality": like.quality, "size": like.size, "kind": like.kind, "painter": painter}
    for resumed in (True, False) if like.resumed else (False,):
        row = await t.row(ESTIMATE, values | {"resumed": resumed})
        assert row is not None  # an average is one row, also of nothing
        seconds: float | None = row["scaled"] if row["same"] is None else row["same"]
        if seconds is not None:
            return seconds
    return None


async def _seconds_left(
    t: Transaction, row: Row, workers: list[Row], known: dict[tuple[Like, str | None], float | None]
) -> float | None:
    """Return the seconds that a queued or running job still needs; `known` keeps the estimates that were read."""
    if row["seconds_left"] is not None:
        return float(row["seconds_left"])
    like = Like(row["quality"], row["size"], row["kind"], bool(row["resumed"]))
    worker = row["worker"] if row["state"] == State.RUNNING else None
    if (like, worker) not in known:
        known[like, worker] = await _seconds(t, like, _named(workers, worker))
    whole = known[like, worker]
    return None if whole is None else whole * (1 - row["progress"])

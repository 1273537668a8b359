"""What is deleted: everything of one user, and what has been kept long enough."""

from __future__ import annotations

from bot.storage.models import State
from bot.storage.sql.carrier import Carrier
from bot.storage.sql.database import Dialects, Transaction
from bot.storage.sql.rows import JOB_BLOBS, blobs_of

KEEP_RESULTS = 24 * 3600.0  # seconds after the delivery, for the buttons under the picture
_KEEP_JOBS = 7 * 24 * 3600.0
_KEEP_PHOTOS = 48 * 3600.0  # also in a draft
_KEEP_UPDATES = 48 * 3600.0  # Telegram sends an update again for at most 24 hours
_KEEP_STYLES = 90 * 24 * 3600.0  # since a recipe code was last used

CARRIED = (State.QUEUED, State.RUNNING)
FORGET_JOBS = f"DELETE FROM job WHERE user_id = :user_id RETURNING state, fence, {JOB_BLOBS}"
FORGET_PHOTOS = "DELETE FROM photo WHERE user_id = :user_id RETURNING blob"
FORGET_KEPT_RESULTS = "DELETE FROM kept_result WHERE user_id = :user_id RETURNING picture, timelapse"

FORGET_ROWS = (
    "DELETE FROM recipe WHERE user_id = :user_id",
    "DELETE FROM preference WHERE user_id = :user_id",
    "DELETE FROM draft_style WHERE user_id = :user_id",
    "DELETE FROM style WHERE user_id = :user_id",
    "DELETE FROM named_style WHERE user_id = :user_id",
    "DELETE FROM known_chat WHERE user_id = :user_id",
    "DELETE FROM broadcast_message WHERE user_id = :user_id",
    "DELETE FROM user_turn WHERE user_id = :user_id",
    "DELETE FROM voter WHERE user_id = :user_id",
)

PRUNE_KEPT_RESULTS = "DELETE FROM kept_result WHERE kept_at < now_seconds() - :seconds RETURNING picture, timelapse"
PRUNE_CHOSEN_STYLES = "DELETE FROM draft_style WHERE chosen_at < now_seconds() - :seconds RETURNING reference"
PRUNE_JOBS = "DELETE FROM job WHERE delivery = 'done' AND finished_at < now_seconds() - :seconds RETURNING id"
PRUNE_PHOTOS = """
DELETE FROM photo
WHERE left_at < now_seconds() - :seconds OR (left_at IS NULL AND added_at < now_seconds() - :seconds)
RETURNING blob
"""
PRUNE_UPDATES = "DELETE FROM inbox WHERE handled AND received_at < now_seconds() - :seconds RETURNING update_id"
PRUNE_STYLES = """
DELETE FROM style
WHERE used_at < now_seconds() - :seconds AND key NOT IN (SELECT reference FROM named_style)
RETURNING key
"""


# Then nobody's turn is left to keep, and the virtual clock begins anew: a carrier's priorities have a limited range.
NONE_WAITS = "NOT EXISTS (SELECT 1 FROM job WHERE delivery <> 'done' AND state IN ('queued', 'running'))"
LOCK_TURNS = Dialects("SELECT 1", "LOCK TABLE user_turn IN SHARE ROW EXCLUSIVE MODE")  # enqueue waits for its turn
FORGET_TURNS = f"DELETE FROM user_turn WHERE {NONE_WAITS} RETURNING user_id"
RESET_CLOCK = f"UPDATE schedule SET vclock = 0 WHERE {NONE_WAITS} RETURNING vclock"


async def forget(t: Transaction, carrier: Carrier, user_id: int) -> int:
    """Delete all rows of a user, and the blobs that only these name; return how many jobs there were."""
    user = {"user_id": user_id}
    jobs = await t.rows(FORGET_JOBS, user)
    await carrier.withdraw(t, *(job["fence"] for job in jobs if job["state"] in CARRIED))
    for job in jobs:
        t.drop(*blobs_of(job))
    for row in (*await t.rows(FORGET_PHOTOS, user), *await t.rows(FORGET_KEPT_RESULTS, user)):
        t.drop(*row.values())
    for sql in FORGET_ROWS:
        await t.rows(sql, user)
    t.notify("news")
    return len(jobs)


async def prune(t: Transaction) -> int:
    """Delete the rows that are older than they are kept; return how many."""
    kept = await t.rows(PRUNE_KEPT_RESULTS, {"seconds": KEEP_RESULTS})
    photos = await t.rows(PRUNE_PHOTOS, {"seconds": _KEEP_PHOTOS})
    for row in (*kept, *photos):
        t.drop(*row.values())
    chosen = await t.rows(PRUNE_CHOSEN_STYLES, {"seconds": _KEEP_PHOTOS})
    jobs = await t.rows(PRUNE_JOBS, {"seconds": _KEEP_JOBS})
    updates = await t.rows(PRUNE_UPDATES, {"seconds": _KEEP_UPDATES})
    styles = await t.rows(PRUNE_STYLES, {"seconds": _KEEP_STYLES})
    return sum(map(len, (kept, photos, chosen, jobs, updates, styles)))


async def begin_turns_anew(t: Transaction) -> None:
    """Set the virtual clock to zero while no job waits or runs."""
    for sql in (LOCK_TURNS, FORGET_TURNS, RESET_CLOCK):
        await t.rows(sql)

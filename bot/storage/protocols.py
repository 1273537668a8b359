"""What every store of jobs promises. One suite of tests checks all of them.

A method that changes something is one transaction: it happened wholly, or not at all, also when the
caller is cancelled in the middle. Writes for a running job are fenced: they carry the job's id and fence,
and return False when that claim no longer owns the job (cancelled, reclaimed, finished): the caller then
discards its work, and the store deletes a preview or result that came with it.

A full disk raises StoreFullError: nothing was changed, and the call may simply be made again later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.storage.models import (
    Address,
    Job,
    JobError,
    Kept,
    Kind,
    Load,
    NewJob,
    Photo,
    Place,
    Preference,
    Recipe,
    Standing,
)


class StoreFullError(Exception):
    """The disk is full: nothing was changed. Free some space; the store goes on by itself."""


Topic = Literal["work", "news"]  # work: a job to claim; news: something a user should see


class JobStore(Protocol):
    """The durable queue."""

    # Drafts: the photos that a user has sent so far for the next job.
    async def add_photo(
        self,
        address: Address,
        message_id: int,
        blob: str,
        *,
        source: str = "",
        replied: bool = False,
        spoiler: bool = False,
    ) -> bool:
        """Add a photo to the draft; False if this message was added before, even when a job took it since.

        A message may bring two: its own, and the one that it replied to, which comes first. The blob of a photo that
        is not added is deleted.
        """

    async def draft(self, address: Address) -> list[Photo]:
        """Return the photos of the draft in the order of their messages; those that are to be the style come last."""

    async def swap_draft(self, address: Address) -> bool:
        """Make the content of the draft its style, and the style its content; False if there is none."""

    async def wish(self, address: Address) -> str | None:
        """Return the style that the draft is to get by name, None if none was chosen."""

    async def make_wish(self, address: Address, reference: str) -> None:
        """Choose the draft's style by name, in place of one that was chosen before."""

    async def discard_draft(self, address: Address, *, but: int | None = None) -> int:
        """Drop the draft, its wish and its blobs; return how many photos it had.

        With `but`, what that message brought stays, and so does the wish.
        """

    # Intake
    async def enqueue(self, new: NewJob) -> Job:
        """Queue a job, take its photos and the wish from the draft; the same dedup_key returns the first job."""

    async def swap(self, job_id: int, style: str) -> bool:
        """Swap content and style of a queued job with one style; the new style is called `style`. False if too late.

        What it was to go on from is forgotten, and which part was to be painted: that was another picture.
        """

    async def cancel(self, job_id: int) -> bool:
        """Cancel a job that is queued or running; False if it is finished already."""

    async def stop_here(self, job_id: int) -> bool:
        """Ask that a running job be finished with its picture as it is now; False if it does not run.

        A job that has to begin anew forgets it: there is no picture yet.
        """

    # The worker's side
    async def claim(self, worker: str) -> Job | None:
        """Take the job that is due and whose turn it is; its attempt is counted now.

        Users take turns by the seconds that their jobs need: who has queued many waits for those who queued one.
        """

    async def record_progress(
        self, job: Job, progress: float, seconds_left: float | None, preview: str | None, *, sketched: bool = False
    ) -> bool:
        """Fenced. Note progress (0..1); also the heartbeat. A new preview replaces (and deletes) the old one."""

    async def complete(
        self, job: Job, result: str, report: dict[str, Any], seconds: float | None, *, film: str | None = None
    ) -> bool:
        """Fenced. Mark the job rendered, with the blobs of its picture and of the timelapse of it, if there is one.

        In the same step its delivery is pending. `seconds` count for estimates; None where they say nothing, because
        the painting was ended early or had begun before.
        """

    async def retry(self, job: Job, delay: float, *, died: bool = False) -> bool:
        """Fenced. Put the job back in its old place, due again after `delay` seconds (a minute at most)."""

    async def release(self, job: Job) -> bool:
        """Fenced. Put the job back and refund the attempt: the worker stops, the job is not to blame."""

    async def fail(self, job: Job, error: JobError, detail: str) -> bool:
        """Fenced. Give the job up; its user is told why."""

    async def reclaim(self, worker: str) -> int:
        """Put back what an earlier life of this worker left running; return how many. Called once at start."""

    # The user's side
    async def set_status_message(self, job_id: int, message_id: int) -> None:
        """Remember the status message of a job."""

    async def begin_delivery(self, job_id: int) -> bool:
        """Note, before sending, that a send begins; False if it had begun or ended before."""

    async def delivery_failed(self, job_id: int) -> None:
        """Note that the send provably did not arrive: it may be tried again."""

    async def finish_delivery(self, job_id: int, *, keep: bool = False) -> None:
        """Note that the user has the answer; a rendered job is delivered now. All its pictures are deleted.

        With `keep` the finished picture and its timelapse stay for a day.
        """

    async def kept(self, job_id: int) -> Kept | None:
        """Return the blobs of a delivered picture that are still kept."""

    async def drop_kept(self, job_id: int) -> None:
        """Delete a kept picture and its timelapse before their time."""

    async def ask_part(self, job_id: int, chat_id: int, message_id: int) -> None:
        """Remember a message that asks which part of a job's content is to be painted, as long as the job's row."""

    async def asked_part(self, chat_id: int, message_id: int) -> Job | None:
        """Return the job that a message asks about, None if it asks nothing."""

    async def is_first(self, job: Job) -> bool:
        """Whether its user has had no other picture, as far as rows reach back."""

    async def get(self, job_id: int) -> Job | None:
        """Return one job."""

    async def jobs_of(self, address: Address) -> list[Job]:
        """Return this user's queued and running jobs in this chat (any topic), oldest first."""

    async def load(self, address: Address) -> Load:
        """Return how much this user, this chat and everyone ask of us now."""

    async def tally(self) -> dict[str, int]:
        """Return what the queue did in the last day: queued, running, delivered, failed, users, seconds (a mean)."""

    async def move_chat(self, old: int, new: int) -> None:
        """Move drafts and jobs to the new id of a chat; what had been posted in the old one stays behind."""

    async def unsettled(self) -> list[Job]:
        """Return all jobs that a user may have to hear of: queued, running, or finished with delivery not done."""

    async def place(self, job: Job) -> Place:
        """Return how many jobs are before a queued one, and about how many seconds its picture needs from now."""

    async def estimate(self, recipe: Recipe, *, kind: Kind = "picture", resumed: bool = False) -> float | None:
        """Return the mean seconds of recent jobs of this kind, quality and size.

        Where none had the size, others of the quality tell, by the number of pixels; None if nothing tells.
        """

    async def wait(self, topic: Topic, seconds: float) -> None:
        """Return at the next change of this topic (also one since the last call), or after so many seconds.

        Made for one listener per topic: several share the changes, and the seconds are their fallback.
        """

    async def prune(self, now: float) -> int:
        """Delete the rows of jobs and photos that nobody needs any more; return how many."""


class ChatStore(Protocol):
    """What the conversation remembers besides jobs."""

    async def receive_update(self, update_id: int, body: str) -> bool:
        """Keep an update before Telegram forgets it; False if it was received before."""

    async def finish_update(self, update_id: int) -> None:
        """Note that an update was handled: it is not replayed at the next start."""

    async def pending_updates(self) -> list[str]:
        """Return the bodies of updates that were received but not handled, in order."""

    async def recipe(self, user_id: int) -> Recipe | None:
        """Return the user's settings, None if none were saved."""

    async def save_recipe(self, user_id: int, recipe: Recipe) -> None:
        """Save the user's settings."""

    async def preference(self, user_id: int) -> Preference:
        """Return what the user chose besides the recipe."""

    async def save_preference(self, user_id: int, preference: Preference) -> None:
        """Save what the user chose besides the recipe."""

    async def standing(self, user_id: int) -> Standing:
        """Return what has to be known of a user before anything else, in one step."""

    async def meet(self, who: int) -> bool:
        """Remember a user who has spoken to us in private, or a group that we have greeted; False if we knew them."""

    async def ban(self, user_id: int, *, banned: bool) -> bool:
        """Ban a user, or let them in again; False if nothing changed."""

    async def maintain(self, *, on: bool) -> None:
        """Begin or end maintenance."""

    async def write_letters(self, text: str) -> int:
        """Leave a letter for every user whom we know; return how many."""

    async def take_letter(self) -> tuple[int, str] | None:
        """Take the next letter to send: whose it is and what it says; None if none is left."""

    async def move_chat(self, old: int, new: int) -> None:
        """Move a group's settings to its new id."""

    async def keep_style(self, key: str, user_id: int, sources: tuple[str, ...]) -> None:
        """Remember where the pictures of a style can be fetched; a key that is known keeps what it has."""

    async def style(self, key: str) -> tuple[str, ...] | None:
        """Return where the pictures of a style can be fetched, None if it is not known (any more)."""

    async def name_style(self, user_id: int, name: str, reference: str, *, most: int) -> bool:
        """Give a style a name of the user's own, in place of what had it; False if that would be more than `most`."""

    async def named_style(self, user_id: int, name: str) -> str | None:
        """Return the style that a user calls so, None if there is none."""

    async def style_names(self, user_id: int) -> list[str]:
        """Return the names that a user has given to styles."""

    async def forget(self, user_id: int) -> int:
        """Cancel and delete all that is a user's: jobs, drafts, settings, styles, files; return how many jobs."""

    async def prune(self, now: float) -> int:
        """Delete the handled updates that will not come again; return how many."""


class BlobStore(Protocol):
    """Pictures, kept beside the rows that name them. Keys are made by the store."""

    async def put(self, data: bytes) -> str:
        """Keep bytes durably (they survive power loss once this returns) and return their key."""

    async def get(self, key: str) -> bytes:
        """Return the bytes; KeyError if they are gone."""

    async def delete(self, key: str) -> None:
        """Delete the bytes; deleting what is gone is not an error."""


@dataclass(frozen=True)
class Stores:
    """The three stores that share one database and its blobs."""

    jobs: JobStore
    chats: ChatStore
    blobs: BlobStore

    async def prune(self, now: float) -> int:
        """Delete the rows that have served their time (call it hourly); return how many."""
        return await self.jobs.prune(now) + await self.chats.prune(now)

"""What the stores of the queue promise; `chat_protocols` has the others. One suite of tests checks implementations.

A method that changes something is one transaction: it happens wholly or not at all, also when its caller is
cancelled. Every method raises StoreUnavailableError where the disk is full, read-only or failing, or another program
keeps the database locked: nothing was changed, and the call may be repeated later.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.storage.chat_protocols import DeliveryStore, PeopleStore, SettingsStore, StyleStore, UpdateStore
from bot.storage.models import (
    NO_SOURCE,
    Address,
    BlobKey,
    Job,
    JobError,
    Kind,
    Load,
    NewJob,
    Photo,
    Place,
    Recipe,
    Source,
    StyleRef,
    WorkerState,
)

Topic = Literal["work", "news"]  # work: a job can be claimed; news: a requester should see something


class BlobStore(Protocol):
    """Pictures, kept beside the rows that name them."""

    async def put(self, data: bytes) -> BlobKey:
        """Store bytes durably (they survive power loss once this returns) and return their new key."""

    async def get(self, key: BlobKey) -> bytes:
        """Return the bytes; KeyError if they are gone."""

    async def delete(self, key: BlobKey) -> None:
        """Delete the bytes; it is no error if they are gone."""


class DraftStore(Protocol):
    """Drafts: the photos, or the name of a style, that a user has sent for the next job."""

    async def add_photo(
        self,
        address: Address,
        message_id: int,
        blob: BlobKey,
        *,
        source: Source = NO_SOURCE,
        replied: bool = False,
        spoiler: bool = False,
    ) -> bool:
        """Add a photo to the draft; False if this message was added before, even when a job took it since.

        A message may bring two photos: its own, and that of the message to which it replies (`replied`), which
        comes first. The blob of a photo that is not added is deleted.
        """

    async def photos(self, address: Address) -> list[Photo]:
        """Return the draft's photos in the order of their messages, those chosen as style last."""

    async def swap(self, address: Address) -> bool:
        """Make the draft's content its style, and its style the content; False if there is no photo."""

    async def chosen_style(self, address: Address) -> str | None:
        """Return the style that was chosen by name, None if none was."""

    async def choose_style(self, address: Address, reference: str) -> None:
        """Choose the draft's style by name, in place of an earlier choice."""

    async def discard(self, address: Address, *, but: Collection[int] = ()) -> int:
        """Delete the draft, its chosen style and its blobs; return how many photos it had.

        The photos of the messages in `but` stay.
        """


class JobReader(Protocol):
    """What both the chat and the worker read of the queue."""

    async def get(self, job_id: int) -> Job | None:
        """Return one job."""

    async def estimate(
        self, recipe: Recipe, *, kind: Kind = "picture", resumed: bool = False, worker: str | None = None
    ) -> float | None:
        """Return the seconds that a job takes: by this worker, or by those in service; None if nothing is known.

        They are the mean of recent jobs of the same painter, kind, quality and size. Where no job had the size, jobs of
        the same quality count in proportion to their pixels; where there are none, what the worker has forecast; where
        that is missing too, or no worker is known, jobs of any painter.
        """

    async def wait(self, topic: Topic, seconds: float) -> None:
        """Return at the next change of this topic (also one since the last call), or after so many seconds.

        Made for one listener per topic: several listeners share the changes, and the seconds are their fallback.
        """


class JobStore(JobReader, Protocol):
    """The queue, as the chat uses it."""

    async def enqueue(self, new: NewJob) -> Job:
        """Queue a job and take its photos and the chosen style from the draft.

        Where its style's pictures can be fetched is remembered for recipe codes. A dedup_key that was used before
        returns the job that it made then.
        """

    async def swap(self, job_id: int, style: StyleRef) -> bool:
        """Swap content and style of a queued job with one style, named `style` from now on; False if too late.

        Its source is remembered as in `enqueue`. The picture to continue from and the mask are forgotten: they belonged
        to the other content.
        """

    async def cancel(self, job_id: int) -> bool:
        """Cancel a job that is queued or running; False if it is finished."""

    async def stop_here(self, job_id: int) -> bool:
        """Ask that a running job be finished with its picture as it is now; False if it does not run.

        A job that has to begin anew forgets the request, because there is no picture yet.
        """

    async def jobs_of(self, address: Address) -> list[Job]:
        """Return this user's queued and running jobs in this chat (any topic), oldest first."""

    async def place(self, job: Job) -> Place:
        """Return how many jobs are before a queued one, and the estimated seconds until its picture."""

    async def load(self, address: Address) -> Load:
        """Return how many pictures this user, this chat and everyone have waiting."""

    async def tally(self) -> dict[str, int]:
        """Return the jobs that are queued and running, and for how many seconds the oldest queued one has waited.

        And of the last day: delivered, failed, users, and the mean seconds of painting.
        """

    async def workers(self) -> list[WorkerState]:
        """Return the workers that have beaten within a day, those that left in order excepted."""

    async def tell_of(self, worker: str) -> bool:
        """Note that the operators are told of a worker; False if they were already since it was last in service."""


class WorkStore(JobReader, Protocol):
    """The queue, as a worker uses it.

    Writes for a running job are fenced: they name the job and its fence, and return False when that claim does not
    own the job any more (cancelled, reclaimed, finished). The worker then discards its work, and the store deletes a
    preview or result that came with the call.
    """

    async def claim(self, worker: str) -> Job | None:
        """Take the due job whose turn it is, and count an attempt.

        Users take turns by the seconds that their jobs need (start-time fair queueing), so that a user with many
        jobs does not delay a user with one.
        """

    async def record_progress(
        self, job: Job, progress: float, seconds_left: float | None, preview: BlobKey | None, *, sketched: bool = False
    ) -> bool:
        """Fenced. Record progress (0..1), which is the heartbeat too. A new preview replaces the old one."""

    async def complete(
        self,
        job: Job,
        result: BlobKey,
        report: dict[str, Any],
        seconds: float | None,
        *,
        timelapse: BlobKey | None = None,
    ) -> bool:
        """Fenced. Mark the job rendered and its delivery pending, in one step.

        `seconds` count for estimates; None where they tell nothing, because painting was ended early or continued
        from an earlier picture.
        """

    async def retry(self, job: Job, delay: float, *, died: bool = False) -> bool:
        """Fenced. Put the job back in its place, due again after `delay` seconds (60 at most)."""

    async def release(self, job: Job) -> bool:
        """Fenced. Put the job back without counting the attempt: the worker stops, the job is not to blame."""

    async def fail(self, job: Job, error: JobError, detail: str) -> bool:
        """Fenced. Give the job up; the requester is told why."""

    async def reclaim(self, worker: str) -> int:
        """Put back what an earlier run of this worker left running; return how many. Called once at start."""

    async def beat(self, state: WorkerState) -> int:
        """Note how this worker is, and put back what silent workers left running; return how many jobs.

        A worker is silent after 30 seconds without a beat; its job has cost a death, and fails with the second one.
        Who has not beaten regularly for as long puts nothing back: it cannot tell whether the others were silent, or
        nobody could reach the database, or the clock was set.
        """

    async def leave(self, worker: str) -> None:
        """Forget this worker, which ends in order and has nothing running."""


@dataclass(frozen=True)
class Stores:
    """All stores of one database, and its blobs."""

    blobs: BlobStore
    drafts: DraftStore
    jobs: JobStore
    work: WorkStore
    deliveries: DeliveryStore
    updates: UpdateStore
    settings: SettingsStore
    styles: StyleStore
    people: PeopleStore

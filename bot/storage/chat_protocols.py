"""What the stores of the conversation promise; `protocols` has those of the queue."""

from __future__ import annotations

from typing import Protocol

from bot.storage.models import Address, Job, KeptResult, Preference, Recipe, SentPicture, Source, Standing, StyleRef


class DeliveryStore(Protocol):
    """What a requester has been told about a job, and what is kept after the delivery."""

    async def unsettled(self) -> list[Job]:
        """Return the jobs that are queued, running, or finished with something left to do in the chat.

        That is a delivery that is not done, or a status message that is still to be deleted.
        """

    async def set_status_message(self, job_id: int, message_id: int) -> None:
        """Remember the status message of a job."""

    async def begin(self, job_id: int) -> bool:
        """Record, before sending, that a send begins; False if it had begun or ended before."""

    async def failed(self, job_id: int) -> None:
        """Record that the send provably did not arrive: it may be repeated."""

    async def finish(
        self, job_id: int, *, keep: bool = False, picture: SentPicture | None = None, status_left: bool = False
    ) -> None:
        """Record that the delivery is done; a rendered job is delivered now. All its blobs are deleted.

        Args:
            job_id: Which job.
            keep: The finished picture and its timelapse stay for a day.
            picture: The picture as it was delivered.
            status_left: There is a status message beside it, which is still to be deleted.
        """

    async def status_removed(self, job_id: int) -> None:
        """Record that the status message of a job is deleted."""

    async def redirect(self, job_id: int, address: Address, message_id: int) -> None:
        """Give a finished job another address, and another message to answer there (0: none); it has no status message.

        The requester stays the same.
        """

    async def is_first(self, job: Job) -> bool:
        """Return whether no other picture was delivered to the requester, as far as rows reach back."""

    async def kept_result(self, job_id: int) -> KeptResult | None:
        """Return the blobs of a delivered picture that are still kept."""

    async def drop_kept_result(self, job_id: int) -> None:
        """Delete a kept picture and its timelapse before their time."""

    async def ask_region(self, job_id: int, chat_id: int, message_id: int) -> None:
        """Remember a message that asks which region of a job's content is to be painted."""

    async def asked_region(self, chat_id: int, message_id: int) -> Job | None:
        """Return the job about which a message asks, None if it asks nothing."""

    async def open_region(self, address: Address) -> Job | None:
        """Return the job about which the newest such message of a chat asks this requester.

        None where there is none, or where the requester asked for a picture by a later message.
        """


class UpdateStore(Protocol):
    """Updates that were received from Telegram and are not handled yet."""

    async def receive(self, update_id: int, body: str) -> bool:
        """Store an update before Telegram forgets it; False if it was received before."""

    async def finish(self, update_id: int) -> None:
        """Record that an update was handled: it is not replayed at the next start, and its body is deleted."""

    async def pending(self) -> list[str]:
        """Return the bodies of updates that were received and not handled, in order."""


class SettingsStore(Protocol):
    """What users, and the administrators of groups, chose in /settings. Groups have negative ids."""

    async def recipe(self, user_id: int) -> Recipe | None:
        """Return the saved recipe, None if none was saved."""

    async def save_recipe(self, user_id: int, recipe: Recipe) -> None:
        """Save the recipe."""

    async def preference(self, user_id: int) -> Preference:
        """Return the settings besides the recipe, or the defaults."""

    async def save_preference(self, user_id: int, preference: Preference) -> None:
        """Save the settings besides the recipe."""


class StyleStore(Protocol):
    """Where the pictures of styles can be fetched, and the names that users gave to styles."""

    async def keep(self, key: StyleRef, user_id: int, sources: tuple[Source, ...]) -> None:
        """Remember where the pictures of a style can be fetched; a known key keeps its sources."""

    async def sources(self, key: StyleRef) -> tuple[Source, ...] | None:
        """Return where the pictures of a style can be fetched, None if that is not known (any more)."""

    async def name(self, user_id: int, name: str, style: StyleRef, *, most: int) -> bool:
        """Give a style a name of the user's own, in place of an earlier one; False beyond `most` names."""

    async def named(self, user_id: int, name: str) -> StyleRef | None:
        """Return the style to which the user gave this name, None if there is none."""

    async def names(self, user_id: int) -> list[str]:
        """Return the names that the user gave to styles."""


class PeopleStore(Protocol):
    """Who is known, banned or to be forgotten, and messages of the operator to everybody."""

    async def standing(self, user_id: int, chat_id: int) -> Standing:
        """Return what decides whether, in which language and by which settings a user is answered in a chat."""

    async def knows(self, who: int) -> bool:
        """Return whether a user wrote in private before, or a group was greeted."""

    async def meet(self, who: int) -> bool:
        """Remember a user who wrote in private, or a group that was greeted; False if known before."""

    async def ban(self, user_id: int, *, banned: bool) -> bool:
        """Ban a user, or lift the ban; False if nothing changed."""

    async def set_maintenance(self, *, on: bool) -> None:
        """Begin or end maintenance."""

    async def write_broadcast(self, text: str) -> int:
        """Queue a message for every known user who is not banned; return for how many."""

    async def take_broadcast(self) -> tuple[int, str] | None:
        """Take the next such message from the queue: user and text; None if there is none."""

    async def voter(self, user_id: int) -> str:
        """Return the random number under which a user votes; it is made at the first call, and `forget` deletes it."""

    async def move_chat(self, old: int, new: int) -> None:
        """Give drafts, jobs and settings of a group its new id; messages in the old chat stay there."""

    async def forget(self, user_id: int) -> int:
        """Cancel and delete everything of a user: jobs, drafts, settings, styles, blobs; return how many jobs."""

    async def prune(self) -> int:
        """Delete the rows whose time of retention is over; return how many."""

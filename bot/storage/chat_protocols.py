"""What the stores of the conversation promise; `protocols` has those of the queue."""

from __future__ import annotations

from typing import Protocol

from bot.storage.models import Preference, Recipe, Source, Standing, StyleRef


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

    async def move_chat(self, old: int, new: int) -> None:
        """Give drafts, jobs and settings of a group its new id; messages in the old chat stay there."""

    async def forget(self, user_id: int) -> int:
        """Cancel and delete everything of a user: jobs, drafts, settings, styles, blobs; return how many jobs."""

    async def prune(self, now: float) -> int:
        """Delete the rows whose time of retention is over at `now` (seconds since the epoch); return how many."""

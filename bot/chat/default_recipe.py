"""How a picture is painted for users who chose nothing in /settings."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from bot.storage.errors import StoreUnavailableError
from bot.storage.models import Quality, Recipe
from bot.storage.protocols import JobReader

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0  # between two looks at what pictures take here
LONG_SECONDS = 120.0  # nobody waits longer who did not ask for it


class DefaultRecipe:
    """The default recipe: `standard`, or `sketch` where the painters in service need too long for that.

    Args:
        jobs: Knows what pictures take.
        quality: The operator's choice, which is never changed; None: none.
    """

    def __init__(self, jobs: JobReader, quality: Quality | None) -> None:
        self._jobs = jobs
        self._chosen = quality is not None
        self._recipe = Recipe(quality=quality or "standard")

    def __call__(self) -> Recipe:
        """Return the recipe."""
        return self._recipe

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again what `standard` takes here, until told to stop."""
        while not self._chosen and not stop.is_set():
            with contextlib.suppress(StoreUnavailableError):
                seconds = await self._jobs.estimate(Recipe(quality="standard"))
                if seconds is not None:
                    self._follow(seconds)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    def _follow(self, seconds: float) -> None:
        quality: Quality = "sketch" if seconds > LONG_SECONDS else "standard"
        if quality != self._recipe.quality:
            log.info("default_quality", quality=quality, standard_seconds=round(seconds))
            self._recipe = Recipe(quality=quality)

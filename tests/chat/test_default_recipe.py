"""The quality for users who chose none follows what pictures take here."""

from __future__ import annotations

import asyncio

import pytest
from typing_extensions import override

from bot.chat import default_recipe
from bot.chat.default_recipe import DefaultRecipe
from bot.storage.errors import StoreBusyError
from bot.storage.models import Kind, Quality, Recipe
from tests.support.fakes import FakeJobStore


class Estimates(FakeJobStore):
    """What `standard` takes at each look; the last one ends the looking, None is a store that cannot be used."""

    def __init__(self, stop: asyncio.Event, *seconds: float | None) -> None:
        super().__init__()
        self._seconds, self._stop = [*seconds], stop

    @override
    async def estimate(
        self, recipe: Recipe, *, kind: Kind = "picture", resumed: bool = False, worker: str | None = None
    ) -> float | None:
        assert recipe == Recipe("standard")
        seconds = self._seconds.pop(0)
        if not self._seconds:
            self._stop.set()
        if seconds is None:
            raise StoreBusyError
        return seconds


@pytest.mark.parametrize(
    ("seconds", "quality"),
    [((119.0,), "standard"), ((126.0,), "sketch"), ((126.0, 30.0), "standard"), ((126.0, None), "sketch")],
)
async def test_a_standard_of_more_than_two_minutes_makes_it_a_sketch(
    seconds: tuple[float | None, ...], quality: Quality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(default_recipe, "LOOK_SECONDS", 0.0)
    stop = asyncio.Event()
    default = DefaultRecipe(Estimates(stop, *seconds), None)
    assert default() == Recipe("standard")
    await default.run(stop)
    assert default() == Recipe(quality)


async def test_what_the_operator_chose_stays() -> None:
    stop = asyncio.Event()
    default = DefaultRecipe(Estimates(stop, 500.0), "fine")
    await default.run(stop)
    assert default() == Recipe("fine")

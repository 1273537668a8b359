"""Painters that are out of service: requesters see it, and the operators read of each once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest.mock import AsyncMock

import pytest

from bot.chat import painter_watch
from bot.chat.i18n import texts
from bot.chat.painter_watch import PainterWatch
from bot.storage.errors import StoreFullError
from bot.storage.models import WorkerState
from tests.support.jobs import eventually
from tests.support.requests import fake_bot

EN = texts("en")

WELL = WorkerState("a", weights="pretrained")
STARTING = WorkerState("b")
ILL = WorkerState("b", trouble="The device is gone.")
SILENT = WorkerState("c", weights="builtin", silent=True)


class Hosts:
    """What the painters of all hosts say; `looks` counts who asked, `told` has of whom the database knows it."""

    def __init__(self, *states: WorkerState) -> None:
        self.states: list[WorkerState] | None = list(states)
        self.looks = 0
        self.told: set[str] = set()

    async def read(self) -> list[WorkerState]:
        """Return it; None stands for a database that cannot be read."""
        self.looks += 1
        if self.states is None:
            raise StoreFullError
        return self.states

    async def tell_of(self, worker: str) -> bool:
        """Note it, as the database does."""
        first = worker not in self.told
        self.told.add(worker)
        return first

    async def say(self, *states: WorkerState) -> None:
        """Let them say something else, and wait until it was heard."""
        self.states, before = list(states), self.looks
        await self.heard(before)

    async def heard(self, before: int) -> None:
        """Wait for two more looks: the first of them has been told of when the second begins."""

        async def looked() -> bool:
            return self.looks >= before + 2

        await eventually(looked)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painter_watch, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(painter_watch, "LASTING_SECONDS", 0.0)


@asynccontextmanager
async def watching(hosts: Hosts) -> AsyncIterator[tuple[PainterWatch, AsyncMock]]:
    """Watch during the block; gives the watch and what was sent to the operators."""
    watch, bot, stop, before = PainterWatch(hosts.read, hosts.tell_of), fake_bot(), asyncio.Event(), hosts.looks
    running = asyncio.create_task(watch.run(bot, frozenset({1}), stop))
    await hosts.heard(before)
    try:
        yield watch, bot.send_message
    finally:
        stop.set()
        await running


@pytest.mark.parametrize(
    ("states", "away", "weights"),
    [
        ([WELL, ILL, SILENT], False, "pretrained"),
        ([STARTING, ILL], False, ""),
        ([ILL, SILENT], True, ""),
        ([], True, ""),
    ],
)
async def test_pictures_wait_while_no_painter_is_in_service_or_starts(
    states: list[WorkerState], away: bool, weights: str
) -> None:
    """One of several hosts is enough; what it paints with is what the chat tells."""
    async with watching(Hosts(*states)) as (watch, _):
        assert (watch.away, watch.weights) == (away, weights)


async def test_the_operators_read_once_of_each_painter_that_is_out_of_service() -> None:
    """And again when it was back meanwhile; never of one that starts."""
    hosts = Hosts(WELL, STARTING)
    async with watching(hosts) as (_, sent):
        assert sent.await_count == 0
        await hosts.say(WELL, ILL, SILENT)
        ill, silent = (call.args[1] for call in sent.await_args_list)
        assert ill == EN("operator-painter", worker="b", reason="The device is gone.")
        assert silent == EN("operator-painter-silent", worker="c")
        await hosts.say(WELL, ILL, SILENT)
        assert sent.await_count == 2
        hosts.told.discard("b")  # its worker does so
        await hosts.say(WELL, STARTING, SILENT)
        await hosts.say(WELL, ILL, SILENT)
        assert sent.await_count == 3


async def test_a_bot_that_starts_anew_or_takes_over_tells_nothing_again() -> None:
    """The database knows what the other one has told."""
    hosts = Hosts(ILL, SILENT)
    async with watching(hosts) as (_, sent):
        assert sent.await_count == 2
    async with watching(hosts) as (watch, sent):
        assert watch.away
        assert sent.await_count == 0


async def test_one_that_is_soon_back_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that died is started again within seconds; requesters see it all the same."""
    monkeypatch.setattr(painter_watch, "LASTING_SECONDS", 3600.0)
    async with watching(Hosts(ILL)) as (watch, sent):
        assert watch.away
        assert sent.await_count == 0


async def test_what_was_known_stays_while_the_database_is_away() -> None:
    """An outage of the database says nothing about the painters."""
    hosts = Hosts(WELL)
    async with watching(hosts) as (watch, sent):
        hosts.states, before = None, hosts.looks
        await hosts.heard(before)
        assert (watch.away, watch.weights, sent.await_count) == (False, "pretrained", 0)

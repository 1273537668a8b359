"""Which painters are in service, on all hosts; the operators read of one that is not."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.chat.i18n import texts
from bot.chat.refusals import ANY, foreseen
from bot.storage.errors import StoreUnavailableError
from bot.storage.models import WorkerState

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0  # between two looks
LASTING_SECONDS = 15.0  # until the operators read of a painter; one that only starts again needs less


class PainterWatch:
    """Reads again and again what the painters say of themselves.

    Args:
        read: Returns it.
        tell_of: Notes that the operators are told of a painter; False if they were, perhaps by another bot.
    """

    def __init__(
        self, read: Callable[[], Awaitable[list[WorkerState]]], tell_of: Callable[[str], Awaitable[bool]]
    ) -> None:
        self._read = read
        self._tell_of = tell_of
        self._states: list[WorkerState] | None = None  # not read yet
        self._since: dict[str, float] = {}  # when each was first seen out of service, on the monotonic clock
        self._told: set[str] = set()

    @property
    def weights(self) -> str:
        """What a painter in service paints with; empty while none is."""
        return next((state.weights for state in self._states or () if not state.silent and state.weights), "")

    @property
    def away(self) -> bool:
        """Whether pictures wait because no painter is in service, or there is none, which may last."""
        return self._states is not None and all(state.out_of_service for state in self._states)

    async def run(self, bot: Bot, operators: frozenset[int], stop: asyncio.Event) -> None:
        """Look until told to stop, and write to the operators once about each painter that stays out of service."""
        while not stop.is_set():
            try:
                self._states = await self._read()
                for state in self._lasting(self._states):
                    if await self._tell_of(state.name):
                        reason = "it is silent" if state.silent else state.trouble
                        log.warning("painter_out_of_service", worker=state.name, reason=reason)
                        await _tell(bot, operators, state)
                    self._told.add(state.name)
            except StoreUnavailableError as error:  # then nobody knows, and what was known stays
                log.warning("painters_not_read", reason=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    def _lasting(self, states: list[WorkerState]) -> list[WorkerState]:
        """Return those that have been out of service for a while and are not told of."""
        ill = {state.name: state for state in states if state.out_of_service}
        now = time.monotonic()
        self._since = {name: self._since.get(name, now) for name in ill}
        self._told &= ill.keys()
        lasting = {name for name, since in self._since.items() if now >= since + LASTING_SECONDS}
        return [ill[name] for name in sorted(lasting - self._told)]


async def _tell(bot: Bot, operators: frozenset[int], state: WorkerState) -> None:
    """Write to the operators; one who never wrote to the bot reads nothing: it may not write first."""
    say = texts(None)
    silent = say("operator-painter-silent", worker=state.name)
    text = silent if state.silent else say("operator-painter", worker=state.name, reason=state.trouble)
    for operator in operators:
        with foreseen(ANY), contextlib.suppress(TelegramError):
            await bot.send_message(operator, text)

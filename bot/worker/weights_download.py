"""The full weights are brought in the background, while pictures are painted with the builtin ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from bot.worker.engine_process import ChildDiedError, EngineProcess
from bot.worker.protocol import Failed, Fetched, FromChild, Loading

log = structlog.get_logger(__name__)

RETRY_PAUSES = (30.0, 300.0, 1800.0)  # seconds before each further attempt; then not until the next start
_LOOK = 0.25  # seconds between two looks whether the program is to stop
_LOGGED_STEP = 10  # percent between two lines in the log


class WeightsDownload:
    """Downloads the full weights in a process of its own, and says so when they are here.

    Args:
        command: What starts the download child, see `bot.worker.engine_process.download_command`.
        arrived: Called once the weights are here, also if they were before.
        pauses: Seconds before each further attempt.

    Attributes:
        percent: How much of the weights has been received, 0..100; None while nothing is downloaded.
        trouble: Why the last attempt failed, in one sentence; empty where none did.
    """

    def __init__(
        self, command: Sequence[str], arrived: Callable[[], None], pauses: Sequence[float] = RETRY_PAUSES
    ) -> None:
        self.percent: int | None = None
        self.trouble = ""
        self._command = command
        self._arrived = arrived
        self._pauses = pauses
        self._logged = -_LOGGED_STEP

    async def run(self, stop: asyncio.Event) -> None:
        """Try until the weights are here, the attempts are used up, or `stop` is set."""
        for pause in (*self._pauses, None):
            trouble = await self._attempt(stop)
            if trouble is None or stop.is_set():
                return
            if trouble != self.trouble:  # one line for one reason
                self.trouble = trouble
                log.warning("weights_not_downloaded", reason=trouble, painting_with="builtin", next_try_seconds=pause)
            if pause is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    async def _attempt(self, stop: asyncio.Event) -> str | None:
        """Run a child to its end, or until `stop` is set; return why it failed, None if it did not."""
        try:
            child = await EngineProcess.start(self._command)
            try:
                while not stop.is_set():
                    match await child.receive(_LOOK):
                        case Fetched():
                            self.trouble = ""
                            log.info("weights_here")
                            self._arrived()
                            return None
                        case Failed(message=message):
                            return message
                        case frame:
                            self._note(frame)
                return None
            finally:
                self.percent = None
                await child.close()
        except ChildDiedError as error:
            return str(error)

    def _note(self, frame: FromChild | None) -> None:
        if isinstance(frame, Loading) and frame.total:
            self.percent = round(100 * frame.received / frame.total)
            if self.percent >= self._logged + _LOGGED_STEP:
                self._logged = self.percent
                log.info("weights_downloading", percent=self.percent, megabytes=round(frame.total / 1e6))

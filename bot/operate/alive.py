"""A file by whose age a health check of a container sees that the program is well."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

SECONDS = 10.0  # between two touches


async def show_life(folder: Path, stop: asyncio.Event) -> None:
    """Touch the file `alive` in a folder, which shows that the event loop runs, until `stop` is set."""
    while not stop.is_set():
        try:
            await asyncio.to_thread((folder / "alive").touch)
        except OSError as error:  # the next round tries again
            log.warning("life_not_shown", reason=str(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), SECONDS)

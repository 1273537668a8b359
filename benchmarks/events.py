"""What happens in a sandbox, as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from bot.sandbox.client import Client


async def events(person: Client, pause: float) -> AsyncIterator[dict[str, Any]]:
    """Read the sandbox's events from now on, for ever.

    Args:
        person: Who asks.
        pause: Seconds between two questions, so that asking is no load by itself.
    """
    cursor = (await person.call("GET", "/api/bots"))["cursor"]
    while True:
        found = await person.call("GET", "/api/events", {"after": cursor, "wait": 30})
        assert not found["reset"], "the sandbox forgot events before they were read"
        cursor = found["cursor"]
        for event in found["events"]:
            yield event
        await asyncio.sleep(pause)

"""Events in the people's API: by long polling for tests, and as a stream for the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field

from bot.sandbox import Json
from bot.sandbox.people.dependencies import Fields, TheWorld

router = APIRouter()
LONGEST_WAIT = 60.0  # seconds
RETRY_MILLISECONDS = 1000


class Following(Fields):
    """The last event that the client knows, the seconds to wait for the next, and a chat if only its events count."""

    after: int = 0
    wait: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 0.0
    chat: str | None = None


@router.get("/events", summary="What happened after a cursor; waits for the first event")
async def events(world: TheWorld, query: Annotated[Following, Query()]) -> Json:
    """Return the events after a cursor; `reset` says that some are forgotten, and everything has to be read anew."""
    log = world.events
    if log.lost(query.after):
        return {"events": [], "cursor": log.cursor, "reset": True}
    loop = asyncio.get_running_loop()
    deadline, cursor = loop.time() + query.wait, query.after
    while True:
        new = await log.wait(cursor, max(0.0, deadline - loop.time()))
        found = [event for event in new if query.chat is None or event["chat"] == query.chat]
        cursor = log.cursor
        if found or log.closed or loop.time() >= deadline:
            return {"events": found, "cursor": cursor, "reset": False}


@router.get("/stream", response_class=EventSourceResponse, summary="What happens, as server-sent events")
async def stream(
    world: TheWorld, after: int | None = None, last_event_id: Annotated[int | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Send the run of the sandbox, then its events.

    Browsers send Last-Event-ID when they connect again, so it takes precedence over `after`. Without both, the stream
    begins now.
    """
    log = world.events
    known = last_event_id if last_event_id is not None else after
    cursor = known if known is not None else log.cursor
    yield ServerSentEvent(retry=RETRY_MILLISECONDS)
    if not log.closed:
        yield ServerSentEvent(event="run", raw_data=log.run)
    while not log.closed:
        if log.lost(cursor):
            cursor = log.cursor
            yield ServerSentEvent(id=str(cursor), data={"type": "reset"})
        for event in await log.wait(cursor, LONGEST_WAIT):
            cursor = event["seq"]
            yield ServerSentEvent(id=str(cursor), data=event)

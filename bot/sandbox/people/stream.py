"""Server-sent events for the page: the same events as /api/events, pushed, after the run that they are of."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox.state.world import World

HEARTBEAT = 15.0


def stream_route(world: World) -> Route:
    """Where the page listens; Last-Event-ID, which browsers send on reconnecting, goes before `after`."""

    async def answer(request: Request) -> Response:
        wanted = request.headers.get("last-event-id") or request.query_params.get("after") or world.events.cursor
        try:
            cursor = int(wanted)
        except ValueError:
            cursor = world.events.cursor
        headers = {"cache-control": "no-store"}
        return StreamingResponse(_events(world, cursor), media_type="text/event-stream", headers=headers)

    return Route("/api/stream", answer, methods=["GET"])


async def _events(world: World, cursor: int) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    if not world.events.closed:
        yield f"event: run\ndata: {world.events.run}\n\n"
    while not world.events.closed:
        if world.events.lost(cursor):
            cursor = world.events.cursor
            yield f'id: {cursor}\ndata: {{"type": "reset"}}\n\n'
        fresh = await world.events.wait(cursor, HEARTBEAT)
        for event in fresh:
            cursor = event["seq"]
            yield f"id: {cursor}\ndata: {json.dumps(event)}\n\n"
        if not fresh:
            yield ": still here\n\n"

"""Events, by long polling and as a stream."""

from __future__ import annotations

import httpx

from bot.sandbox.client import Client
from bot.sandbox.state.world import World
from tests.support.sandbox_client import Api


async def test_events_that_are_gone_are_said_to_be(ann: Client, world: World) -> None:
    """A client whose cursor is of another run of the sandbox is told to read everything anew."""
    found = await ann.call("GET", "/api/events", {"after": 10_000})
    assert found == {"events": [], "cursor": world.events.cursor, "reset": True}


async def test_the_event_stream_pushes(sandbox: str, api: Api, ann: Client, world: World) -> None:
    """The stream has the run of the sandbox, and each event as JSON with an id to connect again from."""
    chat = await ann.open()
    async with (
        httpx.AsyncClient(base_url=sandbox, trust_env=False) as page,
        page.stream("GET", "/api/stream") as stream,
    ):
        lines = stream.aiter_lines()
        begun = [await anext(lines) for _ in range(4)]
        assert begun == ["retry: 1000", "", "event: run", f"data: {world.events.run}"]
        await chat.send("hello")
        seen: list[str] = []
        while not any('"type": "message"' in line for line in seen):
            seen.append(await anext(lines))
        seen.append(await anext(lines))
        assert any(line.startswith("id: ") for line in seen)

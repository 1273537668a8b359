"""The people's API and its client."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from bot.sandbox.client import Client, SandboxError
from bot.sandbox.people.routes import ROUTERS
from bot.sandbox.state.world import World
from tests.support.sandbox_client import Api


async def test_the_openapi_document_is_whole(ann: Client) -> None:
    """Every endpoint is in it, every path parameter is declared, every reference leads somewhere."""
    document = await ann.call("GET", "/api/openapi.json")
    assert document["servers"] == [{"url": "/api"}]
    routes = [route for router in ROUTERS for route in router.routes]
    endpoints = [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) == len(endpoints)
    assert len({operation["operationId"] for operation in operations}) == len(endpoints)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            declared = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))
    schemas = document["components"]["schemas"]
    for name in re.findall(r"#/components/schemas/(\w+)", str(document)):
        assert name in schemas


async def test_the_documentation_needs_no_network(sandbox: str, ann: Client) -> None:
    """The page lists every address of the API and refers to nothing outside of it."""
    document = await ann.call("GET", "/api/openapi.json")
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as client:
        page = (await client.get("/api/docs")).text
    for path in document["paths"]:
        assert f"/api{path}</code>" in page
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', page) == ["openapi.json"]


async def test_waiting_begins_at_ones_own_act(api: Api, ann: Client) -> None:
    """Waiting sees what the bot says after the last send, however quick it was, and nothing older."""
    chat = await ann.open()
    await chat.send("first")
    await api.call("sendMessage", chat_id=ann.id, text="old news")
    await chat.send("second")
    await api.call("sendMessage", chat_id=ann.id, text="fresh")
    assert (await chat.wait()).text == "fresh"
    with pytest.raises(TimeoutError, match=r"seen last: message \d+: 'fresh'"):
        await chat.wait(lambda message: message.text == "old news", timeout=0.2)


async def test_opening_waits_for_the_bot(sandbox: str, ann: Client) -> None:
    """A test may open the chat before the bot has started; without a bot the error says so."""
    with pytest.raises(TimeoutError, match="no bot late_bot has called the sandbox"):
        await ann.open("late_bot", timeout=0.1)


async def test_events_that_are_gone_are_said_to_be(ann: Client, world: World) -> None:
    """A reader whose cursor is of another run is told to start over."""
    found = await ann.call("GET", "/api/events", {"after": 10_000})
    assert found == {"events": [], "cursor": world.events.cursor, "reset": True}


async def test_the_event_stream_pushes(sandbox: str, api: Api, ann: Client, world: World) -> None:
    """The page's stream says which run it is of, and carries ids to reconnect from and each event as JSON."""
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


@pytest.mark.parametrize(
    ("verb", "path", "body", "words"),
    [
        ("POST", "/api/users", {"name": ""}, "name"),
        ("POST", "/api/users", {"name": "x", "nickname": "y"}, "nickname"),
        ("POST", "/api/chats", {"user": 1, "bot": 123456}, "no person has the id 1"),
        ("GET", "/api/chats", {"user": 1}, "no person has the id 1"),
        ("POST", "/api/chats/nowhere/messages", {"user": 1, "text": "x"}, "no chat has the key nowhere"),
        ("POST", "/api/groups", {"user": 1_000_001, "title": "x", "members": [5]}, "user not found"),
        ("GET", "/api/files/nothing", None, "no such file"),
    ],
)
async def test_mistakes_are_explained(
    api: Api, ann: Client, *, verb: str, path: str, body: dict[str, Any], words: str
) -> None:
    """A refusal names the field or the thing that is missing."""
    with pytest.raises(SandboxError, match=words):
        await ann.call(verb, path, body)


async def test_half_a_character_is_no_text(sandbox: str, ann: Client) -> None:
    """A lone surrogate, which JSON can spell and UTF-8 cannot, is refused before it is stored."""
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as client:
        for path, body in (("users", b'{"name": "\\ud800"}'), ("groups", b'{"user": 1000001, "title": "\\udfff"}')):
            answer = await client.post(f"/api/{path}", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 422


async def test_what_a_person_may_not_do(api: Api, ann: Client, sandbox: str) -> None:
    """Strangers do not write into a group, nobody edits another's message, and buttons have to be there."""
    group = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Ours"})
    async with Client(sandbox, "Bob") as bob:
        with pytest.raises(SandboxError, match="you are not in this chat"):
            await bob.chat(group["key"]).send("let me in")
        said = await ann.chat(group["key"]).send("mine")
        with pytest.raises(SandboxError, match="somebody else's message"):
            await bob.call("PATCH", f"/api/chats/{group['key']}/messages/{said.id}", {"user": bob.id, "text": "x"})
    chat = await ann.open()
    await chat.send("hi")
    keys = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    asked = await api.call("sendMessage", chat_id=ann.id, text="?", reply_markup=keys)
    with pytest.raises(SandboxError, match="no button 'Stop' under this message; there are: 'Go'"):
        await chat.press(asked["message_id"], "Stop")


async def test_the_wire_never_shows_a_token(api: Api, ann: Client) -> None:
    """What the wire page gets holds calls, answers and times, and no secret."""
    await api.call("getMe")
    found = await ann.call("GET", "/api/wire")
    assert found["calls"][-1]["method"] == "getMe"
    assert found["calls"][-1]["milliseconds"] >= 0
    assert api.token not in str(found)


async def test_memory_stays_bounded(api: Api, ann: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest messages of all chats are forgotten beyond the cap."""
    monkeypatch.setattr("bot.sandbox.state.world.MESSAGES_KEPT", 10)
    chat = await ann.open()
    for number in range(25):
        await chat.send(str(number))
    assert [message.text for message in await chat.messages()] == [str(number) for number in range(15, 25)]
    assert len(world.order) == 10

"""The people's API: its description, and its refusals."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from bot.sandbox.client import Client, SandboxError
from bot.sandbox.people.routes import ROUTERS
from tests.support.sandbox_client import Api


async def test_the_openapi_document_is_whole(ann: Client) -> None:
    """It contains every endpoint; all path parameters are declared, and all references are defined."""
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
    """A refusal names the field that is wrong, or what does not exist."""
    with pytest.raises(SandboxError, match=words):
        await ann.call(verb, path, body)


async def test_half_a_character_is_no_text(sandbox: str, ann: Client) -> None:
    """Half of a surrogate pair, which JSON can contain and UTF-8 cannot, is refused."""
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as client:
        for path, body in (("users", b'{"name": "\\ud800"}'), ("groups", b'{"user": 1000001, "title": "\\udfff"}')):
            answer = await client.post(f"/api/{path}", content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 422

"""Random requests: each gets a proper answer in time."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.botapi.methods import METHODS
from tests.support.processes import sandbox_process
from tests.support.sandbox_client import TOKEN

NAMES = (
    "chat_id", "text", "caption", "parse_mode", "entities", "caption_entities", "reply_markup", "reply_parameters",
    "message_id", "message_ids", "message_thread_id", "media", "photo", "document", "animation", "video", "sticker",
    "file_id", "offset",
    "limit", "allowed_updates", "callback_query_id", "show_alert", "reaction", "commands", "scope", "language_code",
    "name", "menu_button", "user_id", "action", "link_preview_options", "from_chat_id", "icon_color", "has_spoiler",
)  # fmt: skip
PERSON = 1_000_001
plausible = st.sampled_from(
    [
        PERSON, str(PERSON), 1, 2, "HTML", "MarkdownV2", "typing", "<b>x</b>", "*x*", "attach://photo", [1, 2],
        {"type": "chat", "chat_id": PERSON}, {"message_id": 1}, {"type": "photo", "media": "x"},
        {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}, [{"type": "bold", "offset": 0, "length": 1}],
        [{"type": "photo", "media": "attach://photo"}] * 2, [{"type": "emoji", "emoji": "🎉"}],
        [{"command": "a", "description": "b"}], "[" * 2000, '{"a":' * 2000, 10**400, -1, 1e308, "\x00", "🎨" * 5000,
    ]
)  # fmt: skip
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts | plausible,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
calls = st.dictionaries(st.sampled_from(NAMES) | texts, values | plausible, max_size=8)
QUIET = settings(deadline=None, max_examples=250, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A sandbox of its own, with a chat in it."""
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with sandbox_process() as (_, url), httpx.Client(base_url=url, timeout=10, trust_env=False, verify=bare) as made:
        made.get(f"/bot{TOKEN}/getMe")
        made.post("/api/users", json={"name": "Ann"})
        chat = made.post("/api/chats", json={"user": PERSON, "bot": 123456}).json()
        made.post(f"/api/chats/{chat['key']}/messages", json={"user": PERSON, "text": "hello"})
        yield made


def proper(answer: httpx.Response) -> None:
    """Check that an answer has the form of all answers of the Bot API, and is no 5xx."""
    assert answer.status_code < 500, answer.text
    body = answer.json()
    assert body["ok"] is (answer.status_code == 200)
    if not body["ok"]:
        assert body["error_code"] == answer.status_code
        assert isinstance(body["description"], str)


@given(
    method=st.sampled_from([name for name in METHODS if name != "setWebhook"]),
    given=calls,
    encoding=st.sampled_from(["json", "form", "query", "multipart"]),
)
@QUIET
def test_any_call_gets_a_proper_answer(client: httpx.Client, method: str, given: dict[str, Any], encoding: str) -> None:
    """For all parameters in all encodings, the answer is a result or a refusal."""
    address = f"/bot{TOKEN}/{method}"
    if encoding == "json":
        proper(client.post(address, json=given))
        return
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    if encoding == "form":
        proper(client.post(address, data=flat))
    elif encoding == "query":
        proper(client.get(address, params={name: value[:500] for name, value in flat.items()}))
    else:
        parts: dict[str, Any] = {name: (None, value) for name, value in flat.items()}
        proper(client.post(address, files=parts | {"photo": ("x.png", b"no picture")}))


@given(
    body=st.binary(max_size=400) | st.binary(max_size=200).map(lambda part: b"--x\r\n" + part + b"\r\n--x--\r\n"),
    kind=st.sampled_from(
        [
            "application/json",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "text/plain",
            "",
        ]
    ),
)
@QUIET
def test_any_body_gets_a_proper_answer(client: httpx.Client, body: bytes, kind: str) -> None:
    """Random bytes of any content type are parsed or refused."""
    proper(client.post(f"/bot{TOKEN}/sendMessage", content=body, headers={"content-type": kind}))


@given(path=texts, body=values)
@settings(QUIET, max_examples=80)
def test_any_request_to_the_peoples_api_is_answered(client: httpx.Client, path: str, body: Any) -> None:
    """The people's API refuses malformed requests, and does not fail with a 5xx."""
    for address in ("/api/users", "/api/groups", "/api/faults", "/api/chats/p123456-1000001/messages"):
        assert client.post(address, json=body).status_code < 500
    assert client.get(f"/api/{quote(path, safe='')}x").status_code < 500

"""Conformance with the Bot API, checked by aiogram and by a description of the API, which do not know the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiogram import methods as aiogram_methods
from aiogram.types import Update
from PIL import Image
from pydantic import TypeAdapter

from bot.sandbox.botapi.call import Call
from bot.sandbox.botapi.methods import METHODS
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.client import Client
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.api_description import FILE, Description
from tests.support.sandbox_client import TOKEN, Api
from tests.support.scenes import SCENES
from tests.support.stage import picture, stage
from tests.support.videos import video

DOCUMENT = Path(__file__).parents[2] / "docs" / "sandbox.md"
BEGIN, END = "<!-- methods: generated -->", "<!-- /methods -->"
needs_description = pytest.mark.skipif(
    not FILE.exists(), reason="the machine-readable Bot API is not beside the project"
)


class Recording(dict[str, Any]):
    """Parameters of a call that remember in `asked` which of them were read."""

    asked: set[str]

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value as a dict does, and remember its name."""
        self.asked.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, set[str]]]:
    """The names of the parameters that each method reads."""
    found: dict[str, set[str]] = {name: set() for name in METHODS}

    def watched(name: str, handler: Callable[[Call], Awaitable[object]]) -> Callable[[Call], Awaitable[object]]:
        async def run(call: Call) -> object:
            values = Recording(call.params.values)
            values.asked = found[name]
            return await handler(replace(call, params=Params(values, call.params.files)))

        return run

    for name, handler in list(METHODS.items()):
        monkeypatch.setitem(METHODS, name, watched(name, handler))
    yield found


async def play(world: World) -> dict[str, str]:
    """Play all scenes; return the failures by method."""
    failures: dict[str, str] = {}
    async with running(world) as url, stage(url) as on:
        for name in METHODS:
            try:
                await asyncio.wait_for(SCENES[name](on), 20)
            except Exception as error:  # noqa: BLE001 - all failures are reported together
                failures[name] = f"{type(error).__name__}: {error}"
    return failures


def results(world: World) -> dict[str, list[Any]]:
    """Return the results of each method."""
    found: dict[str, list[Any]] = {}
    for entry in world.call_log.entries:
        if entry.status == 200:
            found.setdefault(entry.method, []).append(entry.response["result"])
    return found


async def test_aiogram_runs_every_method(world: World, reads: dict[str, set[str]]) -> None:
    """Each method can be called by aiogram, whose types accept every result."""
    assert await play(world) == {}
    answered = results(world)
    assert set(answered) >= set(METHODS)
    for name, found in answered.items():
        method = getattr(aiogram_methods, name[0].upper() + name[1:])
        for result in found:
            TypeAdapter(method.__returning__).validate_python(result)
    if FILE.exists():
        description = Description()
        complaints = [
            line
            for name, found in answered.items()
            for result in found
            for line in description.complaints(name, result)
        ]
        assert complaints == []
        check_document(table(description, reads))


def table(description: Description, reads: dict[str, set[str]]) -> str:
    """Return the table of methods and checks for the documentation."""
    checks = "aiogram runs it | its types accept the answers | names and required fields"
    lines = [f"| method | {checks} | honoured | accepted, without effect |", "| --- | :-: | :-: | :-: | --- | --- |"]
    for name in METHODS:
        known = description.parameters(name)
        honoured = [each for each in known if each in reads[name]]
        idle = [each for each in known if each not in reads[name]]
        lines.append(f"| `{name}` | yes | yes | yes | {', '.join(honoured) or '–'} | {', '.join(idle) or '–'} |")
    return "\n".join(lines)


def check_document(generated: str) -> None:
    """Compare the table in the documentation; write a new one and fail where it differs."""
    text = DOCUMENT.read_text()
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    wanted = f"{before}{BEGIN}\n{generated}\n{END}{after}"
    if wanted != text:
        DOCUMENT.write_text(wanted)
        pytest.fail("docs/sandbox.md had another table of methods: it is renewed, look at it and commit it")


@needs_description
async def test_every_update_is_as_described(sandbox: str, world: World) -> None:
    """Each kind of update has the names and required fields of the Bot API, and aiogram accepts it."""
    description = Description()
    wanted = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "chat_member"]
    async with Api(sandbox, TOKEN) as api, Client(sandbox, "Ann") as ann, Client(sandbox, "Bob") as bob:
        await api.updates(seconds=0, allowed_updates=wanted)
        await everything_happens(api, ann, bob)
        updates = await api.pending()
    kinds = {kind for update in updates for kind in update if kind != "update_id"}
    assert kinds == set(wanted)
    fields = {name for update in updates for name in update.get("message", {})}
    assert fields >= {"photo", "document", "animation", "video", "sticker", "media_group_id",
                      "new_chat_members", "left_chat_member", "migrate_to_chat_id",
                      "migrate_from_chat_id", "forum_topic_created", "forum_topic_closed"}  # fmt: skip
    for update in updates:
        Update.model_validate(update)
        assert description.any_of(update, ["Update"], "update") == []


async def everything_happens(api: Api, ann: Client, bob: Client) -> None:
    """Cause an update of each kind."""
    chat = await ann.open()
    sent = await chat.send("/start https://example.org #tag")
    red, gif = picture("red").data, picture("red", "GIF").data
    await chat.send_photos([red, red], "an album", reply_to=sent)
    await chat.send_photos([red], as_file=True)
    await chat.send_photos([gif])
    await chat.send_photos([video([Image.new("RGB", (64, 48), "red")], sound=True)])
    await chat.send_sticker(red)
    own = f"/api/chats/{chat.key}/messages/{sent.id}"
    await ann.call("PATCH", own, {"user": ann.id, "text": "other"})
    await ann.call("POST", f"{own}/reactions", {"user": ann.id, "emoji": ["🎉"]})
    keys = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    asked = await api.call("sendMessage", chat_id=ann.id, text="?", reply_markup=keys)
    await chat.press(asked["message_id"], "Go", wait=0)
    forum = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "F", "forum": True, "admins": [123456]})
    path = f"/api/chats/{forum['key']}"
    for status in ("member", "left"):
        await ann.call("POST", f"{path}/members", {"user": ann.id, "member": bob.id, "status": status})
    topic = await ann.call("POST", f"{path}/topics", {"user": ann.id, "name": "T"})
    await ann.chat(forum["key"]).send("in a topic", topic=topic["id"])
    await ann.call("PATCH", f"{path}/topics/{topic['id']}", {"user": ann.id, "closed": True})
    group = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "G", "type": "group", "members": [123456]})
    await ann.call("POST", f"/api/chats/{group['key']}/migrate", {"user": ann.id})
    await ann.call("POST", f"/api/chats/{chat.key}/block", {"user": ann.id, "blocked": True})

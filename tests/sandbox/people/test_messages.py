"""Messages of people."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Client, SandboxError
from tests.support.sandbox_client import Api


async def test_what_a_person_may_not_do(api: Api, ann: Client, sandbox: str) -> None:
    """Only members write in a group, nobody edits another's message, and only buttons that exist can be pressed."""
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

"""The log of calls."""

from __future__ import annotations

import asyncio
import time

from bot.sandbox.client import Client
from tests.support.sandbox_client import Api


async def test_the_call_log_has_no_token(api: Api, ann: Client) -> None:
    """The call log has calls, answers and times, and no token."""
    await api.call("getMe")
    found = await ann.call("GET", "/api/wire")
    assert found["calls"][-1]["method"] == "getMe"
    assert found["calls"][-1]["milliseconds"] >= 0
    assert api.token not in str(found)


async def test_the_log_tells_delays_and_a_press_how_long_it_waited(api: Api, ann: Client) -> None:
    """What a fault adds to a call is told apart from what the call took; a press tells when, and for how long."""
    await api.call("getMe")
    chat = await ann.open()
    await chat.send("/start")
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    asked = await api.call("sendMessage", chat_id=ann.id, text="?", reply_markup=keyboard)
    await ann.call("POST", "/api/faults", {"kind": "delay", "method": "answerCallbackQuery", "seconds": 0.05})
    before = time.time()
    body = {"user": ann.id, "button": "yes", "wait": 10}
    path = f"/api/chats/{chat.key}/messages/{asked['message_id']}/press"
    async with asyncio.TaskGroup() as tasks:
        pressing = tasks.create_task(ann.call("POST", path, body))
        updates = await api.call("getUpdates", timeout=10, allowed_updates=["callback_query"])
        await api.call("answerCallbackQuery", callback_query_id=updates[-1]["callback_query"]["id"])
    pressed = pressing.result()
    assert pressed["waited"] >= 0.05
    assert before <= pressed["at"] <= time.time() - pressed["waited"]
    call = (await ann.call("GET", "/api/wire"))["calls"][-1]
    assert call["delayed"] == 50
    assert call["milliseconds"] >= call["delayed"]

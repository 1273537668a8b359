"""Faults on demand, as python-telegram-bot reports them, and Telegram's flood limits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from bot.sandbox.client import Chat, Client, SandboxError
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.sandbox_client import TOKEN, Api, RefusedError


@pytest.fixture
async def bot(sandbox: str) -> AsyncIterator[Bot]:
    """A bot of python-telegram-bot that waits only half a second for an answer."""
    request = HTTPXRequest(read_timeout=0.5, connection_pool_size=4)
    async with Bot(TOKEN, base_url=f"{sandbox}/bot", base_file_url=f"{sandbox}/file/bot", request=request) as started:
        yield started


async def fault(ann: Client, **given: Any) -> None:
    """Switch a fault on."""
    await ann.call("POST", "/api/faults", given)


async def test_flood_is_retry_after(bot: Bot, chat: Chat, ann: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call of the named method in the named chat gets 429 with retry_after."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # without it the library warns that its attribute will change
    await fault(ann, kind="flood", method="sendMessage", chat_id=ann.id, seconds=7, times=1)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(ann.id, "x")
    assert caught.value.retry_after == timedelta(seconds=7)
    await bot.send_message(ann.id, "x")
    assert (await ann.call("GET", "/api/faults"))["faults"] == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, NetworkError),
        (502, NetworkError),
        (503, NetworkError),
        (403, Forbidden),
        (409, Conflict),
        (401, InvalidToken),
        (400, BadRequest),
    ],
)
async def test_errors_are_what_the_library_names_them(
    bot: Bot, chat: Chat, ann: Client, status: int, kind: type[Exception]
) -> None:
    """Each status becomes the exception by which the library reports it."""
    await fault(ann, kind="error", status=status, times=1)
    with pytest.raises(kind):
        await bot.send_message(ann.id, "x")


async def test_a_timeout_comes_after_the_message_was_stored(bot: Bot, chat: Chat, ann: Client) -> None:
    """The bot gets TimedOut although the message was sent: a bot that sends it again doubles it."""
    await fault(ann, kind="timeout", method="sendMessage", seconds=5, times=1)
    with pytest.raises(TimedOut):
        await bot.send_message(ann.id, "delivered all the same")
    assert [message.text for message in await chat.messages()] == ["hello", "delivered all the same"]


@pytest.mark.parametrize("stored", [False, True])
async def test_a_dropped_connection(bot: Bot, chat: Chat, ann: Client, stored: bool) -> None:
    """The connection ends without an answer, before or after the message was stored."""
    await fault(ann, kind="drop", method="sendMessage", times=1, stored=stored)
    with pytest.raises(NetworkError):
        await bot.send_message(ann.id, "lost?")
    assert len(await chat.messages()) == (2 if stored else 1)
    await bot.send_message(ann.id, "alive")


async def test_a_delay_is_only_late(bot: Bot, chat: Chat, ann: Client) -> None:
    """A bot gets a late answer, or TimedOut when it is later than the bot waits."""
    await fault(ann, kind="delay", method="getMe", seconds=0.05, times=1)
    await bot.get_me()
    await fault(ann, kind="delay", method="getMe", seconds=30, times=1)
    with pytest.raises(TimedOut):
        await bot.get_me()


async def test_faults_at_a_rate(api: Api, chat: Chat, ann: Client) -> None:
    """At a rate of 0.5 about half of the calls fail, until the faults are switched off."""
    await fault(ann, kind="error", method="getMe", rate=0.5)
    failed = 0
    for _ in range(60):
        try:
            await api.call("getMe")
        except RefusedError:
            failed += 1
    assert 10 < failed < 50
    await ann.call("DELETE", "/api/faults")
    await api.call("getMe")


async def test_latency_and_lost_connections_on_every_method(
    api: Api, chat: Chat, ann: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A range of delays, and at a rate lost connections besides, meet every method and the downloads."""
    sent = await api.call("sendDocument", files={"document": ("a.txt", b"bytes")}, chat_id=str(ann.id))
    path = (await api.call("getFile", file_id=sent["document"]["file_id"]))["file_path"]
    delays: list[float] = []

    async def pause(seconds: float) -> None:
        delays.append(seconds)

    monkeypatch.setattr(World, "pause", lambda _, seconds: pause(seconds))
    await fault(ann, kind="delay", seconds=0.05, most_seconds=0.4)
    await fault(ann, kind="drop", rate=0.3)
    lost = 0
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: api.call("getMe"), lambda: api.call("getUpdates"), lambda: download(api, path),
    ]  # fmt: skip
    for call in calls * 30:
        try:
            await call()
        except httpx.HTTPError:
            lost += 1
    assert 10 < lost < 50
    given = [seconds for seconds in delays if seconds]
    assert len(given) == 90
    assert 0.05 <= min(given) < 0.15 and 0.3 < max(given) <= 0.4


async def download(api: Api, path: str) -> None:
    """Download a file; an answer that is not 200 is an error."""
    (await api.http.get(f"/file/bot{TOKEN}/{path}")).raise_for_status()


async def test_a_long_flood_on_demand(api: Api, chat: Chat, ann: Client) -> None:
    """Bots that edit their progress have met retry_after of 220 to 245 s; a fault gives any number of seconds."""
    sent = await api.call("sendMessage", chat_id=ann.id, text="10 %")
    await fault(ann, kind="flood", method="editMessageText", seconds=245, times=1)
    with pytest.raises(RefusedError, match="Too Many Requests: retry after 245") as caught:
        await api.call("editMessageText", chat_id=ann.id, message_id=sent["message_id"], text="20 %")
    assert caught.value.parameters == {"retry_after": 245}


async def test_a_sandbox_begins_with_limits_and_short_presses() -> None:
    """Nobody has to ask for Telegram's limits: they are on, and a press lives for seconds."""
    async with running() as url, Api(url, TOKEN) as api, Client(url) as ann:
        await (await ann.open()).send("hello")
        with pytest.raises(RefusedError, match="Too Many Requests"):
            for _ in range(4):
                await api.call("sendMessage", chat_id=ann.id, text="x")
        settings = await ann.call("GET", "/api/settings")
    assert settings == {
        "limits": True, "refused": 1, "callback_seconds": 15.0, "inaccessible_seconds": 48 * 3600.0,
        "caption_commands": True, "clock_ahead": 0.0,
    }  # fmt: skip


async def test_edits_count_as_messages(api: Api, chat: Chat, ann: Client, world: World) -> None:
    """In a private chat too: three calls, then about one a second."""
    world.flood_limits.enabled = True
    sent = await api.call("sendMessage", chat_id=ann.id, text="0 %")
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    with pytest.raises(RefusedError, match="Too Many Requests") as caught:
        for percent in range(1, 5):
            await api.call("editMessageText", text=f"{percent} %", **place)
    assert (await chat.messages())[-1].text == "2 %"
    world.clock.ahead += caught.value.parameters["retry_after"]
    await api.call("editMessageText", text="5 %", **place)


async def test_methods_without_a_chat_are_limited_each_on_its_own(api: Api, chat: Chat, world: World) -> None:
    """A bot that sets its commands over and over gets 429 for that, and not for its messages."""
    world.flood_limits.enabled = True
    commands = [{"command": "help", "description": "Help"}]
    with pytest.raises(RefusedError, match="Too Many Requests: retry after"):
        for _ in range(31):
            await api.call("setMyCommands", commands=commands)
    await api.call("setMyDescription", description="paints")
    await api.call("sendMessage", chat_id=chat.client.id, text="x")


async def test_flood_limits(api: Api, chat: Chat, ann: Client) -> None:
    """Without limits all calls succeed; with them, a burst in a chat and the 21st message in a group get 429."""
    for _ in range(5):
        await api.call("sendMessage", chat_id=ann.id, text="x")
    await ann.call("PATCH", "/api/settings", {"limits": True})
    with pytest.raises(RefusedError, match="Too Many Requests: retry after") as caught:
        for _ in range(5):
            await api.call("sendMessage", chat_id=ann.id, text="x")
    assert caught.value.status == 429
    assert 1 <= caught.value.parameters["retry_after"] <= 3
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "G", "members": [123456]})
    sent = 0
    with pytest.raises(RefusedError, match="Too Many Requests") as caught:
        for _ in range(25):
            await api.call("sendMessage", chat_id=made["id"], text="x")
            sent += 1
    assert sent == 20
    assert caught.value.parameters["retry_after"] > 30


async def test_malformed_faults_are_explained(ann: Client) -> None:
    """The people's API says which field is wrong."""
    with pytest.raises(SandboxError, match="rate"):
        await fault(ann, kind="flood", rate=2)
    with pytest.raises(SandboxError, match="metod"):
        await fault(ann, kind="flood", metod="sendMessage")

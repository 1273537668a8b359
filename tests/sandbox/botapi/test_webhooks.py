"""Delivery of updates to the bot's own URL."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.client import Client
from tests.support.sandbox_client import Api, RefusedError

HEADER = "x-telegram-bot-api-secret-token"


@dataclass
class Receiver:
    """A bot's server: keeps the updates that it gets, and answers what the test prepared."""

    url: str = ""
    answers: list[Response] = field(default_factory=list)
    got: asyncio.Queue[tuple[str, dict[str, Any]]] = field(default_factory=asyncio.Queue)

    async def take(self, request: Request) -> Response:
        """Receive one update."""
        await self.got.put((request.headers.get(HEADER, ""), await request.json()))
        return self.answers.pop(0) if self.answers else Response()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A bot's server on a free port."""
    made = Receiver()
    app = Starlette(routes=[Route("/hook", made.take, methods=["POST"])])
    listening = socket.create_server(("127.0.0.1", 0))
    made.url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", lifespan="off", ws="none", timeout_graceful_shutdown=1)
    )
    task = asyncio.create_task(server._serve([listening]))
    yield made
    server.should_exit = True
    await task


async def test_updates_come_with_the_secret(api: Api, ann: Client, receiver: Receiver) -> None:
    """The secret is in Telegram's header; getUpdates is refused while the webhook is set."""
    assert await api.call("setWebhook", url=receiver.url, secret_token="s3cret", allowed_updates=["message"])
    chat = await ann.open()
    await chat.send("hello")
    secret, update = await receiver.got.get()
    assert (secret, update["message"]["text"]) == ("s3cret", "hello")
    info = await api.call("getWebhookInfo")
    assert (info["url"], info["allowed_updates"]) == (receiver.url, ["message"])
    with pytest.raises(RefusedError, match="Conflict: can't use getUpdates method while webhook is active") as caught:
        await api.updates()
    assert caught.value.status == 409
    assert await api.call("deleteWebhook")
    assert (await api.call("getWebhookInfo"))["url"] == ""


async def test_a_refused_update_comes_again_and_in_order(api: Api, ann: Client, receiver: Receiver) -> None:
    """After an error the same update is sent again until it is accepted; later ones wait."""
    receiver.answers = [Response(status_code=500), Response(status_code=503)]
    await api.call("setWebhook", url=receiver.url)
    chat = await ann.open()
    await chat.send("first")
    await chat.send("second")
    seen = [(await receiver.got.get())[1]["message"]["text"] for _ in range(4)]
    assert seen == ["first", "first", "first", "second"]
    assert (await api.call("getWebhookInfo"))["last_error_message"].startswith("Wrong response from the webhook: 503")


async def test_nobody_is_there(api: Api, ann: Client, receiver: Receiver) -> None:
    """While the URL cannot be reached, updates stay pending and getWebhookInfo says why; a new URL gets them."""
    await api.call("setWebhook", url="http://127.0.0.1:9/hook")
    await (await ann.open()).send("patience")
    while "last_error_message" not in (info := await api.call("getWebhookInfo")):  # noqa: ASYNC110 - polled over HTTP
        await asyncio.sleep(0.01)
    assert (info["last_error_message"], info["pending_update_count"]) == ("Connection refused", 1)
    await api.call("setWebhook", url=receiver.url)
    assert (await receiver.got.get())[1]["message"]["text"] == "patience"


async def test_the_answer_may_be_a_call(api: Api, ann: Client, receiver: Receiver) -> None:
    """A call in the answer to an update is performed."""
    receiver.answers = [JSONResponse({"method": "sendMessage", "chat_id": ann.id, "text": "by return"})]
    await api.call("setWebhook", url=receiver.url)
    chat = await ann.open()
    await chat.send("hello")
    assert (await chat.wait()).text == "by return"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"url": "ftp://x"}, "bad webhook"),
        ({"url": "http://x/", "secret_token": "a b"}, "secret token contains unallowed characters"),
    ],
)
async def test_webhooks_are_checked(api: Api, values: dict[str, Any], words: str) -> None:
    """Malformed URLs and secrets are refused."""
    with pytest.raises(RefusedError, match=words):
        await api.call("setWebhook", **values)

"""Delivery of updates to the bots' own URLs (Bot API, setWebhook): in order, repeated until they are accepted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
from starlette.requests import Request
from starlette.types import Message

from bot.sandbox import Json
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.botapi.request_body import read_params
from bot.sandbox.state.accounts import Bot
from bot.sandbox.state.updates import Webhook
from bot.sandbox.state.world import World

FIRST_PAUSE = 0.2  # seconds before an update is sent again; doubled after each failure
LONGEST_PAUSE = 5.0
TIMEOUT = 30.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
Perform = Callable[[Bot, Params], Awaitable[None]]


class Webhooks:
    """One task for each bot that has a webhook. As a context, it starts the known webhooks and stops all."""

    def __init__(self, world: World, perform: Perform) -> None:
        """Deliver the updates of a world; `perform` performs the call in a bot's answer to an update."""
        self._world = world
        self._perform = perform
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def __aenter__(self) -> None:
        for bot_id, webhook in self._world.webhooks.items():
            self._start(self._world.bots[bot_id], webhook)

    async def __aexit__(self, *_: object) -> None:
        for bot_id in list(self._tasks):
            self._stop(bot_id)

    def set(self, bot: Bot, webhook: Webhook) -> None:
        """Deliver the bot's updates to this webhook from now on."""
        self.remove(bot)
        self._world.webhooks[bot.id] = webhook
        self._start(bot, webhook)

    def remove(self, bot: Bot) -> None:
        """Stop delivering the bot's updates; those that are pending stay."""
        if self._world.webhooks.pop(bot.id, None) is not None:
            self._stop(bot.id)

    def _start(self, bot: Bot, webhook: Webhook) -> None:
        self._tasks[bot.id] = asyncio.create_task(self._deliver(bot, webhook))

    def _stop(self, bot_id: int) -> None:
        self._world.queues[bot_id].on_put = None
        self._tasks.pop(bot_id).cancel()

    async def _deliver(self, bot: Bot, webhook: Webhook) -> None:
        """Deliver one update at a time, so that they arrive in order even when one is refused."""
        queue = self._world.queues[bot.id]
        arrived = asyncio.Event()
        queue.on_put = arrived.set
        pause = FIRST_PAUSE
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
            while True:
                pending = queue.pending(1)
                if not pending:
                    arrived.clear()
                    await arrived.wait()
                    continue
                update = pending[0]
                if await self._send(client, bot, webhook, update):
                    queue.confirm(update["update_id"] + 1)
                    pause = FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE, pause * 2)

    async def _send(self, client: httpx.AsyncClient, bot: Bot, webhook: Webhook, update: Json) -> bool:
        """Send an update, perform the call in the answer, and return whether the bot accepted the update."""
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        log = self._world.call_log
        entry = log.begin(bot.username, "webhook", update)
        try:
            answer = await client.post(webhook.url, json=update, headers=headers)
        except httpx.HTTPError as error:
            log.end(entry, 0, _note_failure(webhook, _reason(error)))
            return False
        if not answer.is_success:
            reason = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
            log.end(entry, answer.status_code, _note_failure(webhook, reason))
            return False
        log.end(entry, answer.status_code, answer.text[:2000])
        call = await _call_in(answer)
        if call is not None:
            await self._perform(bot, call)
        return True


def _note_failure(webhook: Webhook, reason: str) -> str:
    webhook.error, webhook.error_date = reason, int(time.time())
    return reason


def _reason(error: httpx.HTTPError) -> str:
    """Return Telegram's words for a failure."""
    if isinstance(error, httpx.ConnectError):
        return "Connection refused"
    return "Read timeout expired" if isinstance(error, httpx.TimeoutException) else "Connection closed"


async def _call_in(answer: httpx.Response) -> Params | None:
    """Return the call in a bot's answer (Bot API, "Making requests when getting updates"), or None."""

    async def receive() -> Message:
        return {"type": "http.request", "body": answer.content, "more_body": False}

    headers = [(name.lower(), value) for name, value in answer.headers.raw]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    try:
        params = await read_params(Request(scope, receive))
    except Exception:  # noqa: BLE001 - a bot may answer anything; what is no call is ignored
        return None
    return params if isinstance(params.values.get("method"), str) else None

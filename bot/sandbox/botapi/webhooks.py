"""Updates delivered to the bot's own URL (Bot API, setWebhook), in order, retried until they are taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from starlette.requests import Request
from starlette.types import Message

from bot.sandbox.botapi.parameters import Params
from bot.sandbox.botapi.request_body import read_params
from bot.sandbox.state.accounts import Json
from bot.sandbox.state.call_log import Journal
from bot.sandbox.state.updates import UpdateQueue

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
PATIENCE = 30.0
HEADER = "X-Telegram-Bot-Api-Secret-Token"
Obey = Callable[[Params], Awaitable[None]]


@dataclass
class Webhook:
    """Where a bot wants its updates, and the task that brings them."""

    url: str
    queue: UpdateQueue
    journal: Journal
    bot: str  # username
    obey: Obey  # does what the bot asks for in its answer to an update
    secret: str = ""
    max_connections: int = 40
    error_date: int = 0
    error: str = ""
    task: asyncio.Task[None] | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Begin to deliver."""
        self.queue.on_put = self.news.set
        self.news.set()
        self.task = asyncio.create_task(self._deliver())

    def stop(self) -> None:
        """Deliver no more; what is pending stays."""
        self.queue.on_put = None
        if self.task is not None:
            self.task.cancel()

    def wire(self) -> Json:
        """The state as getWebhookInfo returns it."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.queue.pending),
            "max_connections": self.max_connections,
        }
        if self.error:
            info |= {"last_error_date": self.error_date, "last_error_message": self.error}
        return info | ({"allowed_updates": self.queue.allowed} if self.queue.allowed else {})

    async def _deliver(self) -> None:
        """One update at a time, so that they arrive in order whatever happens."""
        pause = FIRST_PAUSE
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            while True:
                if not self.queue.pending:
                    self.news.clear()
                    await self.news.wait()
                    continue
                update = self.queue.pending[0]
                if await self._offer(client, update):
                    self.queue.confirm(update["update_id"] + 1)
                    pause = FIRST_PAUSE
                else:
                    await asyncio.sleep(pause)
                    pause = min(LONGEST_PAUSE, pause * 2)

    async def _offer(self, client: httpx.AsyncClient, update: Json) -> bool:
        headers = {HEADER: self.secret} if self.secret else {}
        entry = self.journal.begin(self.bot, "webhook", Params(update))
        try:
            answer = await client.post(self.url, json=update, headers=headers)
        except httpx.HTTPError as error:
            self.journal.end(entry, 0, self._failed(_reason(error)))
            return False
        if not answer.is_success:
            reason = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
            self.journal.end(entry, answer.status_code, self._failed(reason))
            return False
        self.journal.end(entry, answer.status_code, answer.text[:2000])
        asked = await _method_in(answer)
        if asked is not None:
            await self.obey(asked)
        return True

    def _failed(self, reason: str) -> str:
        self.error, self.error_date = reason, int(time.time())
        return reason


def _reason(error: httpx.HTTPError) -> str:
    """Telegram's words for what went wrong."""
    if isinstance(error, httpx.ConnectError):
        return "Connection refused"
    return "Read timeout expired" if isinstance(error, httpx.TimeoutException) else "Connection closed"


async def _method_in(answer: httpx.Response) -> Params | None:
    """The call that a bot may put into its answer (Bot API, "Making requests when getting updates")."""

    async def receive() -> Message:
        return {"type": "http.request", "body": answer.content, "more_body": False}

    headers = [(name.lower(), value) for name, value in answer.headers.raw]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}
    try:
        params = await read_params(Request(scope, receive))
    except Exception:  # noqa: BLE001 - a bot may answer with anything; only a call in it matters
        return None
    return params if isinstance(params.values.get("method"), str) else None

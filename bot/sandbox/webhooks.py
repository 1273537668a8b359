"""Updates delivered to the bot's own URL (Bot API, setWebhook), in order, retried until they are taken."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import httpx

from bot.sandbox.accounts import Json
from bot.sandbox.updates import UpdateQueue

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
PATIENCE = 30.0
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Webhook:
    """Where a bot wants its updates, and the task that brings them."""

    url: str
    queue: UpdateQueue
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
        try:
            answer = await client.post(self.url, json=update, headers=headers)
        except httpx.HTTPError as error:
            self._failed(f"{type(error).__name__}: {error}")
            return False
        if answer.is_success:
            return True
        self._failed(f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}")
        return False

    def _failed(self, reason: str) -> None:
        self.error, self.error_date = reason, int(time.time())

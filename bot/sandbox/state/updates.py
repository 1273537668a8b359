"""The updates that wait for one bot, and the two ways to it: a long poll, or a webhook.

An update stays until a later getUpdates confirms it by its offset (Bot API, getUpdates), so a bot that ends between
fetching and confirming gets it again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from bot.sandbox import Json
from bot.sandbox.errors import conflict
from bot.sandbox.state.clock import Clock

FIRST_ID = 700_000_001
PENDING_LIMIT = 20_000
KEPT_SECONDS = 24 * 3600  # Bot API, "Getting updates"
KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "guest_message", "message_reaction",
    "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
    "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
    "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot", "subscription",
    "stopped_message_generation",
)  # fmt: skip
OPT_IN = {"chat_member", "message_reaction", "message_reaction_count"}  # sent only when asked for by name
TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass
class Webhook:
    """Where a bot wants its updates (Bot API, setWebhook), and the last failure to deliver them."""

    url: str
    secret: str = ""
    max_connections: int = 40
    error_date: int = 0  # Unix time
    error: str = ""


@dataclass
class QueuedUpdate:
    """An update, and the Unix time at which it was queued."""

    at: int
    body: Json


class UpdateQueue:
    """Updates of one bot in order, each with the next id; those that nobody fetched for 24 hours are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.queued: deque[QueuedUpdate] = deque(maxlen=PENDING_LIMIT)
        self.next_id = FIRST_ID
        self.allowed: list[str] = []  # allowed_updates
        self.on_put: Callable[[], None] | None = None  # called for each update while a webhook is set
        self._poll: asyncio.Event | None = None  # of the current poller
        self._closed = False

    def put(self, kind: str, body: Json) -> None:
        """Queue an update, unless the bot does not want its kind, and wake the poller."""
        if not self.wants(kind):
            return
        self.queued.append(QueuedUpdate(self._clock.now(), {"update_id": self.next_id, kind: body}))
        self.next_id += 1
        self._wake()
        if self.on_put is not None:
            self.on_put()

    def pending(self, limit: int | None = None) -> list[Json]:
        """Return the updates that wait, or so many of them, oldest first."""
        while self.queued and self.queued[0].at <= self._clock.now() - KEPT_SECONDS:
            self.queued.popleft()
        return [update.body for update in islice(self.queued, limit)]

    def wants(self, kind: str) -> bool:
        """Return whether allowed_updates contains this kind; an empty list allows all but the opt-in kinds."""
        return kind in self.allowed if self.allowed else kind not in OPT_IN

    @property
    def polled(self) -> bool:
        """Whether a poller is waiting."""
        return self._poll is not None

    def close(self) -> None:
        """Answer the open poll now, and later ones at once: the server is stopping."""
        self._closed = True
        self._wake()

    def confirm(self, offset: int) -> None:
        """Forget the updates before an offset; a negative offset keeps only that many of the newest."""
        if offset < 0:
            while len(self.queued) > -offset:
                self.queued.popleft()
            return
        while self.queued and self.queued[0].body["update_id"] < offset:
            self.queued.popleft()

    def interrupt(self) -> None:
        """End the current poll with a conflict: another poller came, or a webhook was set."""
        if self._poll is not None:
            poll, self._poll = self._poll, None
            poll.set()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:  # noqa: ASYNC109 - Telegram's word
        """Wait for updates, at most `timeout` seconds, and return at most `limit` of them.

        Raises:
            ApiError: a newer poller took over.
        """
        self.interrupt()
        mine = self._poll = asyncio.Event()
        self.confirm(offset)
        if not self.pending(1) and timeout > 0 and not self._closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(mine.wait(), timeout)
        if self._poll is not mine:
            raise conflict(TERMINATED)
        self._poll = None
        return self.pending(limit)

    def _wake(self) -> None:
        if self._poll is not None:
            self._poll.set()

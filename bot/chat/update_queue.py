"""Updates on their way in: durable before Telegram forgets them, and in order within a chat.

Telegram drops an update as soon as the next `getUpdates` confirms it, and python-telegram-bot's updater asks
again right after putting updates into its queue. So the queue itself keeps each update in the store first, and an
update leaves the store only when it was handled; what a crash interrupts is handled again at the next start.

A press on a button must be answered within seconds, whatever else its chat is busy with. So its handler begins at once,
decides and answers; what it does after that, it does in the chat's turn.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from telegram import Bot, Update
from telegram.error import NetworkError
from telegram.ext import BaseUpdateProcessor

from bot.chat.albums import Albums
from bot.storage.chat_protocols import UpdateStore
from bot.storage.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_CONCURRENT_UPDATES = 256  # that are handled; those that wait for the turn of a chat do not count
MAX_WAITING_UPDATES = 100_000

_take_turn: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("take_turn", default=None)


async def take_turn() -> None:
    """Wait for the chat's turn, and keep it until the handler has returned; handlers of messages have it already."""
    if (take := _take_turn.get()) is not None:
        await take()


class UpdateQueue(asyncio.Queue[object]):
    """The update queue of the application, backed by the store."""

    def __init__(self, updates: UpdateStore) -> None:
        super().__init__()
        self._updates = updates

    async def put(self, item: object) -> None:
        """Keep an update, then queue it; one that was received before is dropped.

        Raises:
            NetworkError: it could not be kept. The updater then asks Telegram for it again, a little later.
        """
        if isinstance(item, Update):
            try:
                new = await self._updates.receive(item.update_id, item.to_json())
            except StoreUnavailableError as error:
                raise NetworkError(f"the update was not taken: {error}") from error
            if not new:
                return
        await super().put(item)

    async def replay(self, bot: Bot) -> int:
        """Queue the updates that an earlier run received but did not handle; return how many."""
        bodies = await self._updates.pending()
        for body in bodies:
            await super().put(Update.de_json(json.loads(body), bot))
        return len(bodies)


class ChatOrder(BaseUpdateProcessor):
    """Handles many chats at once, but the updates of one chat one after the other."""

    def __init__(self, updates: UpdateStore, albums: Albums, settle: Callable[[list[Update]], Awaitable[None]]) -> None:
        """Create the processor.

        Args:
            updates: where an update is recorded as handled.
            albums: gathers the updates of albums.
            settle: awaited for the admitted updates of a whole album, in the chat's turn again. Until it returns, none
                of the album's updates is recorded as handled.
        """
        super().__init__(MAX_WAITING_UPDATES)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_UPDATES)
        self._updates = updates
        self._albums = albums
        self._settle = settle
        self._turns: dict[int, asyncio.Lock] = {}
        self._waiting: Counter[int] = Counter()

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        """Handle an update in its chat's turn and record that; one that is cut short is handled at the next start."""
        if not isinstance(update, Update):
            await coroutine
            return
        chat_id = update.effective_chat.id if update.effective_chat else 0
        in_album = update.message is not None and update.message.media_group_id is not None
        if in_album:
            self._albums.arrived(update)
        if update.callback_query is not None:
            await self._handle_press(chat_id, coroutine)
        else:
            async with self._turn(chat_id):
                await coroutine
        handled = [update]
        if in_album:
            album = await self._albums.completed(update)
            handled = album.arrived if album else []
            if album and album.admitted:
                async with self._turn(chat_id):
                    await self._settle(album.admitted)
        for each in handled:
            await self._updates.finish(each.update_id)

    async def _handle_press(self, chat_id: int, coroutine: Awaitable[object]) -> None:
        """Handle a press, which begins outside its chat's turn and takes it later, once."""
        async with AsyncExitStack() as turn:
            taken = False

            async def take() -> None:
                nonlocal taken
                if not taken:
                    taken = True
                    await turn.enter_async_context(self._turn(chat_id))

            token = _take_turn.set(take)
            try:
                await coroutine
            finally:
                _take_turn.reset(token)

    @asynccontextmanager
    async def _turn(self, chat_id: int) -> AsyncIterator[None]:
        lock = self._turns.setdefault(chat_id, asyncio.Lock())
        self._waiting[chat_id] += 1
        try:
            async with lock, self._slots:
                yield
        finally:
            self._waiting[chat_id] -= 1
            if not self._waiting[chat_id]:
                del self._waiting[chat_id], self._turns[chat_id]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

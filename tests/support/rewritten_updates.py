"""Updates that are changed on their way into the bot, for what Telegram sends and a test wants to decide itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from telegram import Update

from bot.chat.update_queue import UpdateQueue

Change = Callable[[dict[str, Any]], None]


@contextmanager
def rewritten(change: Change) -> Iterator[None]:
    """Change the message of each update before the bot stores it."""
    put = UpdateQueue.put

    async def changed(queue: UpdateQueue, item: object) -> None:
        if isinstance(item, Update) and item.message:
            raw = item.to_dict()
            change(raw["message"])
            item = Update.de_json(raw, item.get_bot())
        await put(queue, item)

    with patch.object(UpdateQueue, "put", changed):
        yield


def without_replies(message: dict[str, Any]) -> None:
    """Take away what a command replies to: a basic group hides it from a bot in privacy mode."""
    if message.get("text", "").startswith("/"):
        message.pop("reply_to_message", None)

"""Albums: their photos arrive as separate updates, and Telegram does not say how many there are."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from telegram import Message, Update

QUIET_SECONDS = 1.0  # an album is whole when no photo of it came for this long

Key = tuple[int, str]


@dataclass
class _Album:
    arrived: int = 0  # updates that were received
    handled: int = 0  # updates whose handler has returned
    joined: bool = False  # whether it is meant for the bot: in a group only one of its photos says so


class Albums:
    """Finds the last update of each album."""

    def __init__(self) -> None:
        self._albums: dict[Key, _Album] = {}

    def arrived(self, update: Update) -> None:
        """Count an update before it is handled."""
        if key := _key(update.message):
            self._albums.setdefault(key, _Album()).arrived += 1

    def join(self, message: Message) -> None:
        """Record that the album of this message, if it has one, is meant for the bot."""
        if key := _key(message):
            self._albums.setdefault(key, _Album()).joined = True

    def joined(self, message: Message) -> bool:
        """Return whether another photo of the same album was meant for the bot."""
        key = _key(message)
        return key is not None and key in self._albums and self._albums[key].joined

    async def completed(self, update: Update) -> bool:
        """Return, after QUIET_SECONDS, whether this handled update was the last of an album meant for the bot."""
        key = _key(update.message)
        album = self._albums.get(key) if key else None
        if key is None or album is None:
            return False
        album.handled += 1
        count = album.arrived
        if album.handled < count:
            return False
        await asyncio.sleep(QUIET_SECONDS)
        if album.arrived != count:
            return False
        del self._albums[key]
        return album.joined


def _key(message: Message | None) -> Key | None:
    return (message.chat_id, message.media_group_id) if message and message.media_group_id else None

"""Albums: their items arrive as separate updates, and Telegram does not say how many there are."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from telegram import Message, Update

QUIET_SECONDS = 1.0  # an album is whole when no item of it came for this long
REMEMBERED = 1000  # albums that the bot took, for items that come later than that

Key = tuple[int, str]


@dataclass
class Album:
    """An album as far as it has arrived.

    Attributes:
        arrived: All its updates.
        admitted: Those that may be interpreted once it is whole.
    """

    arrived: list[Update] = field(default_factory=list)
    admitted: list[Update] = field(default_factory=list)
    handled: int = 0  # updates whose handler has returned


class Albums:
    """Gathers the updates of each album until it is whole."""

    def __init__(self) -> None:
        self._albums: dict[Key, Album] = {}
        self._taken: deque[Key] = deque(maxlen=REMEMBERED)

    def arrived(self, update: Update) -> None:
        """Record an update before it is handled."""
        if key := _key(update.message):
            self._albums.setdefault(key, Album()).arrived.append(update)

    def admit(self, message: Message) -> None:
        """Have a message that has arrived interpreted with its album, once that is whole."""
        if (key := _key(message)) and (album := self._albums.get(key)):
            album.admitted += [update for update in album.arrived if update.message == message]

    async def completed(self, update: Update) -> Album | None:
        """Return the album of a handled update if, after QUIET_SECONDS, that update was its last one."""
        key = _key(update.message)
        album = self._albums.get(key) if key else None
        if key is None or album is None:
            return None
        album.handled += 1
        count = len(album.arrived)
        if album.handled < count:
            return None
        await asyncio.sleep(QUIET_SECONDS)
        if len(album.arrived) != count:
            return None
        del self._albums[key]
        return album

    def take(self, message: Message) -> None:
        """Remember that the album of a message was meant for the bot."""
        if key := _key(message):
            self._taken.append(key)

    def taken(self, message: Message) -> bool:
        """Return whether a message comes late: its album was taken already."""
        return _key(message) in self._taken


def _key(message: Message | None) -> Key | None:
    return (message.chat_id, message.media_group_id) if message and message.media_group_id else None

"""Who administers a group, as far as Telegram tells a bot."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import BadRequest, Forbidden, TelegramError

log = structlog.get_logger(__name__)

STATUSES = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
KEEP_SECONDS = 300.0  # how long a list of administrators is believed


class HiddenAdministratorsError(Exception):
    """Telegram does not tell this bot who administers a group."""


class Administrators:
    """Asks Telegram about members of groups, and keeps lists of administrators for KEEP_SECONDS."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lists: dict[int, tuple[float, frozenset[int]]] = {}  # by chat: when it was asked for, and user ids

    async def include(self, bot: Bot, chat_id: int, user_id: int) -> bool:
        """Return whether a user administers a group.

        Bot API, getChatMember: it answers about others for certain only where the bot is an administrator. Elsewhere
        the list of administrators tells.

        Raises:
            HiddenAdministratorsError: Telegram tells neither.
            TelegramError: Telegram cannot be reached.
        """
        try:
            member = await bot.get_chat_member(chat_id, user_id)
        except TelegramError as error:
            log.info("a member is not shown", reason=error.message)
            return user_id in await self._listed(bot, chat_id)
        return member.status in STATUSES

    async def _listed(self, bot: Bot, chat_id: int) -> frozenset[int]:
        now = self._clock()
        self._lists = {chat: kept for chat, kept in self._lists.items() if now - kept[0] < KEEP_SECONDS}
        if chat_id not in self._lists:
            try:
                members = await bot.get_chat_administrators(chat_id)
            except (BadRequest, Forbidden) as error:
                raise HiddenAdministratorsError(error.message) from error
            self._lists[chat_id] = now, frozenset(member.user.id for member in members)
        return self._lists[chat_id][1]

"""The commands that Telegram lists for each kind of chat."""

from __future__ import annotations

import asyncio

import structlog
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, TelegramError

from bot.chat.commands import admin
from bot.chat.context import ChatApplication
from bot.chat.i18n import LANGUAGES, texts
from bot.chat.refusals import foreseen

log = structlog.get_logger(__name__)

RETRY_SECONDS = 60.0  # after which a list that could not be set is tried again

IN_GROUPS = ("style", "presets", "save", "queue", "cancel", "help")
FOR_GROUP_ADMINISTRATORS = (*IN_GROUPS, "settings")
IN_PRIVATE = ("style", "presets", "save", "settings", "queue", "cancel", "language", "privacy", "forget", "help")


async def introduce(application: ChatApplication) -> None:
    """Tell Telegram the commands, in each language and for each kind of chat; the first language is the default.

    Nothing waits for it: Telegram may ask for minutes of patience between two lists. What it has already is left alone,
    and what fails is tried again until it is done.
    """
    lists = [(scope, names, language) for language in LANGUAGES for scope, names in _scopes(application)]
    while lists:
        failed = [each for each in lists if not await _introduce_list(application, *each)]
        if failed:
            await asyncio.sleep(RETRY_SECONDS)
        lists = failed


def _scopes(application: ChatApplication) -> list[tuple[BotCommandScope, tuple[str, ...]]]:
    services = application.bot_data
    in_private = (*IN_PRIVATE, "vote") if services.study else IN_PRIVATE
    return [
        (BotCommandScopeAllPrivateChats(), in_private),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
        (BotCommandScopeAllChatAdministrators(), FOR_GROUP_ADMINISTRATORS),
        *[(BotCommandScopeChat(operator), (*in_private, *admin.COMMANDS)) for operator in services.operators],
    ]


async def _introduce_list(
    application: ChatApplication, scope: BotCommandScope, names: tuple[str, ...], language: str
) -> bool:
    """Set one list of commands where Telegram has another; False if that is to be tried again."""
    say, code, bot = texts(language), None if language == LANGUAGES[0] else language, application.bot
    commands = tuple(BotCommand(name, say(f"command-{name}")) for name in names)
    people = application.bot_data.stores.people
    if isinstance(scope, BotCommandScopeChat) and not await people.knows(int(scope.chat_id)):
        return True  # an operator who has not started the bot yet: Telegram knows no such chat
    try:
        with foreseen("chat not found"):  # an operator who has left
            if await bot.get_my_commands(scope, code) != commands:
                await bot.set_my_commands(commands, scope, code)
    except BadRequest as error:
        log.info("commands not listed", scope=scope.type, reason=error.message)
    except TelegramError as error:
        log.warning("commands not listed yet", scope=scope.type, reason=error.message, next_try_seconds=RETRY_SECONDS)
        return False
    return True

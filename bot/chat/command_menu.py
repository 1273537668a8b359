"""The commands that Telegram lists for each kind of chat."""

from __future__ import annotations

import structlog
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest

from bot.chat.commands import admin
from bot.chat.context import ChatApplication
from bot.chat.i18n import LANGUAGES, texts

log = structlog.get_logger(__name__)

IN_GROUPS = ("style", "presets", "save", "queue", "cancel", "help")
FOR_GROUP_ADMINISTRATORS = (*IN_GROUPS, "settings")
IN_PRIVATE = ("style", "presets", "save", "settings", "queue", "cancel", "language", "privacy", "forget", "help")


async def introduce(application: ChatApplication) -> None:
    """Tell Telegram the commands, in each language and for each kind of chat; the first language is the default."""
    scopes: list[tuple[BotCommandScope, tuple[str, ...]]] = [
        (BotCommandScopeAllPrivateChats(), IN_PRIVATE),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
        (BotCommandScopeAllChatAdministrators(), FOR_GROUP_ADMINISTRATORS),
        *[
            (BotCommandScopeChat(operator), (*IN_PRIVATE, *admin.COMMANDS))
            for operator in application.bot_data.operators
        ],
    ]
    for language in LANGUAGES:
        say, code = texts(language), None if language == LANGUAGES[0] else language
        for scope, names in scopes:
            commands = [BotCommand(name, say(f"command-{name}")) for name in names]
            try:
                await application.bot.set_my_commands(commands, scope, code)
            except BadRequest as error:  # an operator who has not written to the bot yet
                log.info("commands not listed", scope=scope.type, reason=error.message)

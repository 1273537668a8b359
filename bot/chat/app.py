"""The Telegram application: how it connects, and which handler answers what, in order."""

from __future__ import annotations

from typing import Any, cast

import structlog
from telegram import BotCommand, Update
from telegram.error import NetworkError, TelegramError
from telegram.ext import (
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.chat import commands, drafts, gallery, gate, menu, recipes, results
from bot.chat.context import ChatApplication, Context, Services, asked, words
from bot.chat.inbox import ChatOrder, Inbox
from bot.chat.limiter import ChatLimiter
from bot.chat.texts import LANGUAGES, texts

log = structlog.get_logger(__name__)

Handler = BaseHandler[Any, Context, Any]

COMMANDS = ("style", "presets", "settings", "queue", "cancel", "help")
ALLOWED_UPDATES = ["message", "callback_query"]


def build(token: str, api_url: str, services: Services) -> ChatApplication:
    """Return the application, not started yet.

    Args:
        token: the bot's token.
        api_url: where the Bot API answers, without a slash at the end.
        services: what the handlers use.
    """

    async def settle(update: Update) -> None:
        message, user = asked(update)
        await drafts.settle(application.bot, services, message, user)

    builder = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(_request(pool_size=64))
        .get_updates_request(_request(pool_size=2))
        .rate_limiter(ChatLimiter())
        .context_types(ContextTypes(context=Context, bot_data=cast("type[Services]", lambda: services)))
        .concurrent_updates(ChatOrder(services.chats, services.albums, settle))
        .update_queue(Inbox(services.chats))
        .job_queue(None)
    )
    application = cast("ChatApplication", builder.build())
    _register(application)
    return application


def _request(pool_size: int) -> HTTPXRequest:
    # The library's defaults (5 s) are too short for big photos on a slow line.
    return HTTPXRequest(
        connection_pool_size=pool_size,
        connect_timeout=10,
        read_timeout=30,
        write_timeout=30,
        pool_timeout=10,
        media_write_timeout=120,
    )


def _register(application: ChatApplication) -> None:
    """All handlers; the first that matches answers."""
    private = filters.ChatType.PRIVATE
    picture = filters.PHOTO | filters.Document.ALL | filters.Sticker.ALL | filters.VIDEO | filters.VIDEO_NOTE
    message = filters.UpdateType.MESSAGE  # an edited message is not a new request
    code = filters.REPLY & filters.Regex(recipes.CODE)
    before: list[Handler] = [TypeHandler(Update, gate.admit)]
    handlers: list[Handler] = [
        CommandHandler("start", commands.start, message),
        CommandHandler("help", commands.explain, message),
        CommandHandler("style", commands.style, message),
        CommandHandler("presets", gallery.show, message),
        CommandHandler("settings", menu.show, message),
        CommandHandler("queue", commands.queue, message),
        CommandHandler("cancel", commands.cancel, message),
        MessageHandler(message & (picture | filters.ANIMATION), drafts.take_photo),
        MessageHandler(message & code, commands.style_by_code),
        MessageHandler(message & private & ~filters.StatusUpdate.ALL, commands.not_a_picture),
        CallbackQueryHandler(commands.press_cancel, r"^cancel:\d{1,18}$"),
        CallbackQueryHandler(results.swap_queued, r"^swap:\d{1,18}$"),
        CallbackQueryHandler(results.press, rf"^do:\d{{1,18}}:({'|'.join(results.NAMES)})$"),
        CallbackQueryHandler(gallery.use, r"^use:[a-z0-9-]{1,30}$"),
        CallbackQueryHandler(drafts.turn, r"^turn$"),
        CallbackQueryHandler(menu.choose, r"^set:\d+:(quality|size|strength|colors):\w*$"),
    ]
    application.add_handlers({-1: before, 0: handlers})
    application.add_error_handler(_on_error)


async def _on_error(update: object, context: Context) -> None:
    """Log what went wrong, by ids only, and tell the user that it was not their fault."""
    error = context.error
    update_id = update.update_id if isinstance(update, Update) else None
    if isinstance(error, NetworkError):  # Telegram could not be reached: an apology would not arrive either
        log.warning("telegram is unreachable", update=update_id, reason=error.message)
        return
    log.error("a handler failed", update=update_id, exc_info=error)
    if isinstance(update, Update) and update.effective_message and update.effective_user:
        try:
            await update.effective_message.reply_text(words(update.effective_user)("broken"))
        except TelegramError as failure:
            log.warning("could not apologise", update=update_id, reason=failure.message)


async def introduce(application: ChatApplication) -> None:
    """Tell Telegram the commands, in each language; the first is the default."""
    for language in LANGUAGES:
        say = texts(language)
        listed = [BotCommand(name, say(f"command-{name}")) for name in COMMANDS]
        await application.bot.set_my_commands(listed, language_code=None if language == LANGUAGES[0] else language)

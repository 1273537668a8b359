"""The Telegram application: how it connects, and which handler answers what, in order."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any, cast

import structlog
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    Update,
)
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import (
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.chat import access, recipe_codes
from bot.chat.buttons import job, region, repaint, result_extras
from bot.chat.commands import admin, basic, groups, presets, privacy, saved_styles, settings
from bot.chat.context import ChatApplication, Context, Services, asked, words
from bot.chat.i18n import LANGUAGES, texts
from bot.chat.intake import drafts
from bot.chat.keyboards import SHARES
from bot.chat.rate_limiter import ChatLimiter
from bot.chat.update_queue import ChatOrder, Inbox

log = structlog.get_logger(__name__)

Handler = BaseHandler[Any, Context, Any]
Handle = Callable[[Update, Context], Coroutine[Any, Any, None]]

IN_GROUPS = ("style", "presets", "save", "queue", "cancel", "help")
FOR_GROUP_ADMINS = (*IN_GROUPS, "settings")
IN_PRIVATE = ("style", "presets", "save", "settings", "queue", "cancel", "language", "privacy", "forget", "help")
ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]


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
    _register(application, services)
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


FOR_OWNERS: Mapping[str, Handle] = MappingProxyType(
    {
        "stats": admin.stats,
        "ban": admin.ban,
        "unban": admin.unban,
        "maintenance": admin.maintenance,
        "broadcast": admin.broadcast,
    }
)
FOR_EVERYBODY: Mapping[str, Handle] = MappingProxyType(
    {
        "start": basic.start,
        "help": basic.explain,
        "style": basic.style,
        "presets": presets.show,
        "save": saved_styles.save,
        "settings": settings.show,
        "queue": basic.queue,
        "cancel": basic.cancel,
        "language": privacy.language,
        "privacy": privacy.privacy,
        "forget": privacy.forget,
    }
)
BUTTONS: Mapping[str, Handle] = MappingProxyType(  # callback data comes from users: what fits no pattern is dropped
    {
        r"^cancel:\d{1,18}$": job.cancel,
        r"^stop:\d{1,18}$": job.stop,
        r"^swap:\d{1,18}$": job.swap,
        rf"^do:\d{{1,18}}:({'|'.join(repaint.NAMES)})$": repaint.press,
        r"^pick:\d{1,18}:\d{1,2}$": repaint.pick,
        rf"^blend:\d{{1,18}}:({'|'.join(map(str, SHARES))})$": result_extras.blend,
        r"^remedy:\d{1,18}$": job.remedy,
        r"^other:\d{1,18}$": job.other,
        r"^instead:\d{1,18}:[a-z0-9-]{1,30}$": job.instead,
        r"^sheet$": presets.sheet,
        r"^use:[a-z0-9-]{1,30}$": presets.use,
        r"^turn$": drafts.turn,
        r"^set:-?\d{1,18}:(quality|size|strength|colors|strokes|output|language|reset):\w*$": settings.choose,
        r"^(forget|keep):\d{1,18}$": privacy.decide,
        rf"^lang:\d{{1,18}}:({'|'.join(LANGUAGES)})$": privacy.choose_language,
    }
)


def _register(application: ChatApplication, services: Services) -> None:
    """All handlers; the first that matches answers."""
    private, message = filters.ChatType.PRIVATE, filters.UpdateType.MESSAGE  # an edited message is no new request
    picture = filters.PHOTO | filters.Document.ALL | filters.Sticker.ALL | filters.VIDEO | filters.VIDEO_NOTE
    owner = message & private & filters.User(services.owners)
    before: list[Handler] = [TypeHandler(Update, access.admit)]
    handlers: list[Handler] = [
        *[CommandHandler(name, handle, owner) for name, handle in FOR_OWNERS.items()],
        *[CommandHandler(name, handle, message) for name, handle in FOR_EVERYBODY.items()],
        MessageHandler(message & (picture | filters.ANIMATION), region.take_photo),
        MessageHandler(message & filters.REPLY & filters.Regex(recipe_codes.CODE), basic.style_by_code),
        MessageHandler(message & filters.StatusUpdate.MIGRATE, groups.move),
        MessageHandler(message & private & ~filters.StatusUpdate.ALL, basic.not_a_picture),
        ChatMemberHandler(groups.welcome, ChatMemberHandler.MY_CHAT_MEMBER),
        *[CallbackQueryHandler(handle, pattern) for pattern, handle in BUTTONS.items()],
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
    """Tell Telegram the commands, in each language and for each kind of chat; the first language is the default."""
    services: Services = application.bot_data
    kinds: list[tuple[BotCommandScope, tuple[str, ...]]] = [
        (BotCommandScopeAllPrivateChats(), IN_PRIVATE),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
        (BotCommandScopeAllChatAdministrators(), FOR_GROUP_ADMINS),
        *[(BotCommandScopeChat(owner), (*IN_PRIVATE, *admin.COMMANDS)) for owner in services.owners],
    ]
    for language in LANGUAGES:
        say, code = texts(language), None if language == LANGUAGES[0] else language
        for scope, listed in kinds:
            menu_of = [BotCommand(name, say(f"command-{name}")) for name in listed]
            try:
                await application.bot.set_my_commands(menu_of, scope, code)
            except BadRequest as error:  # an owner who has not spoken to the bot yet
                log.info("commands not listed", scope=scope.type, reason=error.message)

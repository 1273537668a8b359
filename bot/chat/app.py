"""The Telegram application: how it connects, and which handler answers what, in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, cast

import httpx
import structlog
from telegram import Update
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import (
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    Defaults,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import HTTPXRequest
from typing_extensions import override

from bot.chat import access, callbacks
from bot.chat.buttons import draft, job, repaint, result_extras
from bot.chat.callbacks import Callback
from bot.chat.command_text import after_command
from bot.chat.commands import admin, basic, groups, presets, privacy, saved_styles, settings, vote
from bot.chat.context import ChatApplication, Context, MessageRequest, Press, Services
from bot.chat.errors import answered
from bot.chat.i18n import texts
from bot.chat.intake import drafts
from bot.chat.rate_limiter import ChatRateLimiter
from bot.chat.recipe_codes import CODE
from bot.chat.refusals import TOPIC_GONE, UNWRITABLE, foreseen
from bot.chat.update_queue import ChatOrder, UpdateQueue
from bot.storage.errors import StoreUnavailableError

log = structlog.get_logger(__name__)

C = TypeVar("C", bound=Callback)
Handler = BaseHandler[Any, Context, Any]
Handle = Callable[[MessageRequest], Awaitable[None]]

ALLOWED_UPDATES = ["message", "callback_query", "my_chat_member"]
# In seconds; the library's defaults (5 s) are too short for large photos on a slow line.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 10,
    "read_timeout": 30,
    "write_timeout": 30,
    "pool_timeout": 10,
    "media_write_timeout": 120,
}


def build(token: str, api_url: str, services: Services) -> ChatApplication:
    """Return the application, not started yet.

    Args:
        token: the bot's token.
        api_url: where the Bot API answers, without a slash at the end.
        services: what the handlers use.
    """

    async def settle(album: list[Update]) -> None:
        try:
            found = [await access.request_of(update, application.bot, services) for update in album]
            requests = [request for request in found if isinstance(request, MessageRequest)]
            await answered(requests[0], drafts.take_whole(requests))
        except Exception as error:  # noqa: BLE001 - as of a handler; else it would be repeated at each start
            await application.process_error(album[0], error)

    builder = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(HTTPXRequest(connection_pool_size=64, **PATIENCE))
        .get_updates_request(_UpdatesRequest(connection_pool_size=2, **PATIENCE))
        .defaults(Defaults(allow_sending_without_reply=True))
        .rate_limiter(ChatRateLimiter(services.refusals))
        .context_types(ContextTypes(context=Context, bot_data=cast("type[Services]", lambda: services)))
        .concurrent_updates(ChatOrder(services.stores.updates, services.albums, settle))
        .update_queue(UpdateQueue(services.stores.updates))
        .job_queue(None)
    )
    application = cast("ChatApplication", builder.build())
    application.add_handlers({-1: [TypeHandler(Update, access.admit)], 0: _handlers(services)})
    application.add_error_handler(_on_error)
    return application


class _UpdatesRequest(HTTPXRequest):
    """Asks for updates, and at once again where the line broke: the updater waits for a second, and presses with it."""

    @override
    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        try:
            return await super().do_request(*args, **kwargs)
        except NetworkError as error:
            if not isinstance(error.__cause__, httpx.NetworkError | httpx.RemoteProtocolError):
                raise
            log.info("a line broke", endpoint="getUpdates", reason=error.message)
        return await super().do_request(*args, **kwargs)


def _handlers(services: Services) -> list[Handler]:
    """Return all handlers; the first that matches answers."""
    private, message = filters.ChatType.PRIVATE, filters.UpdateType.MESSAGE  # an edited message is no new request
    photo = filters.PHOTO | filters.Document.ALL | filters.Sticker.ALL | filters.VIDEO | filters.VIDEO_NOTE
    operator = message & filters.User(services.operators)
    return [
        *[
            CommandHandler(name, _message(handle), operator if name in admin.ANYWHERE else operator & private)
            for name, handle in admin.COMMANDS.items()
        ],
        CommandHandler("start", _message(basic.start), message),
        CommandHandler("help", _message(basic.explain), message),
        CommandHandler("style", _message(basic.style), message),
        CommandHandler("queue", _message(basic.queue), message),
        CommandHandler("cancel", _message(basic.cancel), message),
        CommandHandler("presets", _message(presets.show), message),
        CommandHandler("save", _message(saved_styles.save), message),
        CommandHandler("settings", _message(settings.show), message),
        CommandHandler("vote", _message(vote.begin), message),
        CommandHandler("language", _message(privacy.language), message),
        CommandHandler("privacy", _message(privacy.privacy), message),
        CommandHandler("forget", _message(privacy.forget), message),
        MessageHandler(message & (photo | filters.ANIMATION), _message(drafts.take_photo)),
        MessageHandler(message & filters.REPLY & filters.Regex(CODE), _message(basic.style_by_code)),
        MessageHandler(message & filters.StatusUpdate.MIGRATE, groups.move),
        MessageHandler(message & private & ~filters.StatusUpdate.ALL, _message(basic.not_a_picture)),
        ChatMemberHandler(groups.welcome, ChatMemberHandler.MY_CHAT_MEMBER),
        *_press_handlers(),
    ]


def _press_handlers() -> list[Handler]:
    """Return a handler for each kind of button."""
    return [
        _press(callbacks.Cancel, job.cancel),
        _press(callbacks.Stop, job.stop),
        _press(callbacks.Swap, job.swap),
        _press(callbacks.Remedy, job.remedy),
        _press(callbacks.OtherStyle, job.other),
        _press(callbacks.UseInstead, job.instead),
        _press(callbacks.DoWithResult, repaint.press),
        _press(callbacks.ShowButtons, repaint.show_buttons),
        _press(callbacks.Pick, repaint.pick),
        _press(callbacks.Blend, result_extras.blend),
        _press(callbacks.PaintSheet, presets.sheet),
        _press(callbacks.UsePreset, presets.use),
        _press(callbacks.SwapDraft, draft.swap),
        _press(callbacks.Vote, vote.press),
        _press(callbacks.StopVoting, vote.stop),
        _press(callbacks.ShowSettings, settings.show_list),
        _press(callbacks.OpenSetting, settings.open_setting),
        _press(callbacks.Choose, settings.choose),
        _press(callbacks.Forget, privacy.delete),
        _press(callbacks.Keep, privacy.keep),
        _press(callbacks.ChooseLanguage, privacy.choose_language),
    ]


def _message(handle: Handle) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """Return the library's kind of handler for one that takes the request."""

    async def call(_: Update, context: Context) -> None:
        request = context.request
        if isinstance(request, MessageRequest):
            request = dataclasses.replace(request, words=tuple(after_command(request.message).split()))
            await answered(request, handle(request))

    return call


def _press(kind: type[C], handle: Callable[[Press, C], Awaitable[None]]) -> Handler:
    """Return the handler of a kind of button; callback data that are of no kind come from no button of ours."""

    async def call(_: Update, context: Context) -> None:
        press = context.request
        if not isinstance(press, Press) or (data := kind.unpack(press.query.data or "")) is None:
            return
        if access.is_made_up(press):
            await access.answer(press.query, press.say("press-too-late"), alert=True)
        else:
            await answered(press, handle(press, data))

    return CallbackQueryHandler(call, lambda data: isinstance(data, str) and kind.unpack(data) is not None)


async def _on_error(update: object, context: Context) -> None:
    """Log what went wrong, by ids only, and tell the user that it was not their fault."""
    error = context.error
    update_id = update.update_id if isinstance(update, Update) else None
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):  # an apology would not arrive either
        log.warning("telegram is unreachable", update=update_id, reason=error.message)
        return
    if isinstance(error, TelegramError):
        method = ", ".join(getattr(error, "__notes__", ()))
        log.error("telegram refused what a handler did", update=update_id, method=method, reason=error.message)
    if unavailable := isinstance(error, StoreUnavailableError):
        log.warning("a handler could not use the store", update=update_id, reason=str(error))
    else:
        log.error("a handler failed", update=update_id, exc_info=error)
    if isinstance(update, Update) and update.effective_message and update.effective_user:
        say = texts(update.effective_user.language_code)
        try:
            with foreseen(*UNWRITABLE, *TOPIC_GONE):
                await update.effective_message.reply_text(say("busy-disk" if unavailable else "broken"))
        except TelegramError as failure:
            log.warning("could not apologise", update=update_id, reason=failure.message)

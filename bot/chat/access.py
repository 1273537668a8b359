"""Where every update enters: who is let in and in which language, and who may press a button."""

from __future__ import annotations

import structlog
from telegram import Bot, CallbackQuery, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, TelegramError
from telegram.ext import ApplicationHandlerStop, ExtBot

from bot.chat.context import Context, MessageRequest, Press, Request, Services
from bot.chat.i18n import texts
from bot.storage.models import Standing

log = structlog.get_logger(__name__)

ADMINISTRATORS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)


async def admit(update: Update, context: Context) -> None:
    """Make the request of an update; keep out users who are banned, and everybody during maintenance.

    Raises:
        ApplicationHandlerStop: no handler may see this update.
    """
    user, chat, services = update.effective_user, update.effective_chat, context.services
    if user is None or chat is None:
        raise ApplicationHandlerStop
    standing = await services.stores.people.standing(user.id, chat.id)
    context.say = texts(standing.preference.language or user.language_code)
    context.request = await request_of(update, context.bot, services, standing)
    if (standing.banned or standing.maintenance) and user.id not in services.operators:
        sentence = context.say("banned" if standing.banned else "maintenance")
        if update.callback_query is not None:
            await answer(update.callback_query, sentence, alert=True)
        elif update.message is not None and chat.type == ChatType.PRIVATE:  # in a group it would disturb others
            await update.message.reply_text(sentence)
        raise ApplicationHandlerStop


async def request_of(
    update: Update, bot: ExtBot[None], services: Services, standing: Standing | None = None
) -> MessageRequest | Press | None:
    """Return the request of an update, None if it is neither a message nor a press."""
    user, query = update.effective_user, update.callback_query
    source = query.message if query else update.message
    if user is None or source is None:
        return None
    standing = standing or await services.stores.people.standing(user.id, source.chat.id)
    message = source if isinstance(source, Message) else None
    request = Request(
        bot=bot,
        services=services,
        user=user,
        chat=source.chat,
        message_id=source.message_id,
        thread_id=message.message_thread_id if message and message.is_topic_message else None,
        say=texts(standing.preference.language or user.language_code),
        recipe=standing.recipe or services.default,
        output=standing.preference.output,
    )
    if query is not None:
        return Press(**vars(request), query=query, message=message)
    return MessageRequest(**vars(request), message=message) if message else None


async def answer(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Answer a button press; Telegram refuses that after a while, and then nobody waits for it any more."""
    try:
        await query.answer(text, show_alert=alert)
    except BadRequest as error:
        log.info("a button press went stale", reason=error.message)


async def may_act(request: Request, requester: int) -> bool:
    """Return whether the user may do what is for a requester to do: they themselves, and a group's administrators."""
    if request.user.id == requester:
        return True
    return not request.in_private and await is_administrator(request.bot, request.chat.id, request.user.id)


async def is_administrator(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Return whether a user is an administrator of a group, as far as Telegram tells."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except TelegramError as error:
        log.info("cannot tell who is an administrator", reason=error.message)
        return False
    return member.status in ADMINISTRATORS

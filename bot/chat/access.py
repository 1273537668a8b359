"""What happens to every update before its handler: who is let in, and in which language; who may press a button."""

from __future__ import annotations

import structlog
from telegram import Bot, CallbackQuery, Chat, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.chat.context import Context, words
from bot.chat.i18n import texts

log = structlog.get_logger(__name__)

ADMINS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)


async def admit(update: Update, context: Context) -> None:
    """Choose the texts that the handlers of this update speak; keep out who is banned, and everyone in maintenance."""
    user, services = update.effective_user, context.services
    context.say = words(user)
    if user is None:
        return
    standing = await services.chats.standing(user.id)
    context.say = texts(standing.preference.language or user.language_code)
    if user.id in services.owners:
        return
    if standing.banned or standing.maintenance:
        await _turn_away(update, context.say("banned" if standing.banned else "maintenance"))
        raise ApplicationHandlerStop


async def _turn_away(update: Update, sentence: str) -> None:
    """Say why nothing happens, where that disturbs nobody else."""
    if update.callback_query is not None:
        await answer(update.callback_query, sentence, alert=True)
    elif update.message is not None and update.message.chat.type == ChatType.PRIVATE:
        await update.message.reply_text(sentence)


def pressed(update: Update) -> CallbackQuery:
    """Return the button press that an update brought."""
    if update.callback_query is None:
        raise ValueError(f"update {update.update_id} has no callback query")
    return update.callback_query


async def answer(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Answer a button press; Telegram refuses that after a while, and then nobody waits for it any more."""
    try:
        await query.answer(text, show_alert=alert)
    except BadRequest as error:
        log.info("a button press went stale", reason=error.message)


async def may_press(query: CallbackQuery, owner: int) -> bool:
    """Return whether somebody may press a button that is meant for its owner."""
    chat = query.message.chat if query.message else None
    return await may_act(query.get_bot(), chat, query.from_user.id, owner)


async def may_act(bot: Bot, chat: Chat | None, user_id: int, owner: int) -> bool:
    """Return whether a user may do what is the owner's to do: they themselves, and a group's administrators."""
    if user_id == owner:
        return True
    if chat is None or chat.type == ChatType.PRIVATE:
        return False
    return await is_admin(bot, chat.id, user_id)


async def is_admin(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Return whether a user is an administrator of a group, as far as Telegram tells."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except TelegramError as error:
        log.info("cannot tell who is an administrator", reason=error.message)
        return False
    return member.status in ADMINS

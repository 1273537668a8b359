"""What happens to every update before its handler: whose language it is; and whose buttons somebody may press."""

from __future__ import annotations

import structlog
from telegram import Bot, CallbackQuery, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, TelegramError

from bot.chat.context import Context, words

log = structlog.get_logger(__name__)

ADMINS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)


async def admit(update: Update, context: Context) -> None:
    """Choose the texts that the handlers of this update speak."""
    user = update.effective_user
    context.say = await context.services.words(user) if user else words(None)


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
    """Return whether somebody may press a button that is meant for its owner: they themselves, and a group's admins."""
    if query.from_user.id == owner:
        return True
    chat = query.message.chat if query.message else None
    if chat is None or chat.type == ChatType.PRIVATE:
        return False
    return await is_admin(query.get_bot(), chat.id, query.from_user.id)


async def is_admin(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Return whether a user is an administrator of a group, as far as Telegram tells."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except TelegramError as error:
        log.info("cannot tell who is an administrator", reason=error.message)
        return False
    return member.status in ADMINS

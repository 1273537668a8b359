"""Whom a forced reply addresses: whoever the message replies to or mentions, and nobody else."""

from __future__ import annotations

from telegram import Bot, ChatMemberAdministrator, ChatMemberOwner, MessageEntity, User
from telegram.error import TelegramError

from bot.chat.refusals import ANY, foreseen


async def mentionable(bot: Bot, chat_id: int, user_id: int) -> User | None:
    """Return the user if a group may read who they are: a press also brings the id of an anonymous administrator.

    None where they are one, and where Telegram does not tell.
    """
    try:
        with foreseen(ANY):
            member = await bot.get_chat_member(chat_id, user_id)
    except TelegramError:
        return None
    anonymous = isinstance(member, ChatMemberAdministrator | ChatMemberOwner) and member.is_anonymous
    return None if anonymous else member.user


def mention(user: User | None, text: str) -> tuple[str, list[MessageEntity]]:
    """Return the text with the user's name before it, and the entities that make it a mention."""
    if user is None:
        return text, []
    name = user.full_name
    length = len(name.encode("utf-16-le")) // 2
    return f"{name}, {text}", [MessageEntity(MessageEntity.TEXT_MENTION, 0, length, user=user)]

"""Groups: the welcome, and the move to a supergroup."""

from __future__ import annotations

import structlog
from telegram import Chat, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import ExtBot

from bot.chat.access import hides_replies
from bot.chat.context import Context, Services
from bot.chat.i18n import Texts

log = structlog.get_logger(__name__)

INSIDE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)


async def welcome(update: Update, context: Context) -> None:
    """Say what to do when somebody has added the bot to a group: once, however often it is added."""
    change = update.my_chat_member
    if change is None or change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return
    came = change.old_chat_member.status not in INSIDE and change.new_chat_member.status in INSIDE
    if came and await context.services.stores.people.meet(change.chat.id):
        await greet(context.bot, context.services, change.chat, context.say)


async def greet(bot: ExtBot[None], services: Services, chat: Chat, say: Texts) -> None:
    """Say what to do in a group, and where Telegram hides replies from the bot, why it is to be done so."""
    text = say("welcome")
    if await hides_replies(bot, services, chat):
        services.told.add(chat.id)
        text = f"{say('welcome-unseeing')}\n{say('replies-hidden')}"
    await bot.send_message(chat.id, text)


async def move(update: Update, context: Context) -> None:
    """Keep drafts, jobs and settings when a group becomes a supergroup; both chats announce it, in any order."""
    message = update.message
    if message is None:
        return
    if message.migrate_to_chat_id:
        old, new = message.chat_id, message.migrate_to_chat_id
    elif message.migrate_from_chat_id:
        old, new = message.migrate_from_chat_id, message.chat_id
    else:
        return
    await context.services.stores.people.move_chat(old, new)
    log.info("a group became a supergroup", chat=new)

"""Which messages of a group a bot gets to see (Bots features, "Privacy mode")."""

from __future__ import annotations

from bot.sandbox.media.attachments import KINDS
from bot.sandbox.state.accounts import Bot
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import World

SERVICE_MARKS = ("text", *KINDS)
DEPTH = 50  # of replies to replies


def sees(world: World, bot: Bot, chat: Chat, message: Message) -> bool:
    """Whether the bot gets the message: never another bot's, everything where privacy does not apply."""
    if message.sender_id in world.bots and not _is_service(message):
        return False
    if chat.type == "private" or not bot.privacy or chat.members.get(bot.id) in ("administrator", "creator"):
        return True
    return _is_service(message) or _addressed(world, bot, chat, message, DEPTH)


def _is_service(message: Message) -> bool:
    return not any(name in message.content for name in SERVICE_MARKS)


def _addressed(world: World, bot: Bot, chat: Chat, message: Message, depth: int) -> bool:
    """Commands and mentions that mean the bot, and replies to it or to what was meant for it."""
    if _names(world, bot, chat, message):
        return True
    target = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    if target is None or depth == 0:
        return False
    return target.sender_id == bot.id or _addressed(world, bot, chat, target, depth - 1)


def _names(world: World, bot: Bot, chat: Chat, message: Message) -> bool:
    text = message.content.get("text") or message.content.get("caption") or ""
    entities = message.content.get("entities") or message.content.get("caption_entities") or []
    encoded = text.encode("utf-16-le")
    for entity in entities:
        start = entity["offset"] * 2
        word = encoded[start : start + entity["length"] * 2].decode("utf-16-le").lower()
        mentions = f"@{bot.username.lower()}"
        if entity["type"] == "mention" and word == mentions:
            return True
        if entity["type"] == "bot_command" and word.endswith(mentions):
            return True
        if entity["type"] == "bot_command" and "@" not in word and _wrote_last(world, bot, chat, message):
            return True
    return False


def _wrote_last(world: World, bot: Bot, chat: Chat, message: Message) -> bool:
    """A command without a name goes to the bot that wrote last, or to all where none has written yet."""
    for other in reversed(chat.messages.values()):
        if other.id < message.id and other.sender_id in world.bots and not _is_service(other):
            return other.sender_id == bot.id
    return True

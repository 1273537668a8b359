"""Which messages of a group a bot gets (Bots features, "Privacy mode").

A mention of the bot does not bring it a message.
"""

from __future__ import annotations

from bot.sandbox.media.attachments import KINDS
from bot.sandbox.state.accounts import Bot
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import World

LONGEST_REPLY_CHAIN = 50


def sees(world: World, bot: Bot, chat: Chat, message: Message) -> bool:
    """Return whether the bot gets the message: never another bot's, and all where privacy mode does not apply."""
    if message.sender_id in world.bots and not _is_service(message):
        return False
    if chat.type == "private" or not bot.privacy or chat.administered_by(bot.id):
        return True
    return _is_service(message) or _is_addressed(world, bot, chat, message, LONGEST_REPLY_CHAIN)


def _is_service(message: Message) -> bool:
    """Return whether the chat itself wrote the message: it has neither text nor media."""
    return not any(name in message.content for name in ("text", *KINDS))


def _is_addressed(world: World, bot: Bot, chat: Chat, message: Message, depth: int) -> bool:
    """Return whether the message is a command for the bot, or replies to the bot or to a message that is for it."""
    if _commands(world, bot, chat, message):
        return True
    target = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    if target is None or depth == 0:
        return False
    return target.sender_id == bot.id or _is_addressed(world, bot, chat, target, depth - 1)


def _commands(world: World, bot: Bot, chat: Chat, message: Message) -> bool:
    """Return whether a command in the text is for the bot."""
    if "text" not in message.content and not world.caption_commands:
        return False
    text = message.content.get("text") or message.content.get("caption") or ""
    entities = message.content.get("entities") or message.content.get("caption_entities") or []
    utf16 = text.encode("utf-16-le")
    username = f"@{bot.username.lower()}"
    for entity in entities:
        start = entity["offset"] * 2  # two bytes for each UTF-16 unit
        word = utf16[start : start + entity["length"] * 2].decode("utf-16-le").lower()
        if entity["type"] == "bot_command" and word.endswith(username):
            return True
        if entity["type"] == "bot_command" and "@" not in word and _wrote_last(world, bot, chat, message):
            return True
    return False


def _wrote_last(world: World, bot: Bot, chat: Chat, message: Message) -> bool:
    """Return whether a command without a username is for this bot: it wrote last of all bots, or none has written."""
    for earlier in reversed(chat.messages.values()):
        if earlier.id < message.id and earlier.sender_id in world.bots and not _is_service(earlier):
            return earlier.sender_id == bot.id
    return True

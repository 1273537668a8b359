"""Commands at the beginning of a text or a caption. Telegram marks them, so that any white space ends them."""

from __future__ import annotations

from telegram import Message, MessageEntity


def after_command(message: Message) -> str:
    """Return what stands after the command at the beginning of a text or a caption; empty where there is none."""
    text, length = _command(message)
    return text[length:].strip() if length else ""


def has_command(message: Message, name: str, username: str) -> bool:
    """Return whether a message begins with this command, in any case, alone or with the bot's @username."""
    text, length = _command(message)
    command, _, addressee = text[1:length].lower().partition("@")
    return length > 0 and command == name and addressee in ("", username.lower())


def _command(message: Message) -> tuple[str, int]:
    """Return the text or caption, and the length of the command at its beginning; 0 where there is none."""
    text = message.text or message.caption or ""
    for entity in (*message.entities, *message.caption_entities):
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            return text, entity.length  # in UTF-16 units, which are characters here: commands are ASCII
    return text, 0

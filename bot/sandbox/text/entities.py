"""Formatted text: the entities that a bot gives, and those that Telegram finds in the text by itself.

Offsets and lengths count UTF-16 code units (Bot API, MessageEntity).
"""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox import Json
from bot.sandbox.errors import bad_request
from bot.sandbox.text.html import parse_html
from bot.sandbox.text.markdown import parse_markdown, parse_markdown_v2
from bot.sandbox.text.utf16 import utf16_length

PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
AUTOMATIC = re.compile(
    r"(?P<bot_command>(?<![\w/@])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<url>\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)\]])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<mention>(?<![\w@/])@[a-zA-Z]\w{3,31}\b)"
    r"|(?P<hashtag>(?<![\w#])#[^\W\d]\w*)"
)
FIELDS: dict[str, type] = {
    "type": str, "offset": int, "length": int, "url": str, "user": dict, "language": str, "custom_emoji_id": str,
    "unix_time": int, "date_time_format": str,
}  # fmt: skip
OPAQUE = {"code", "pre", "text_link", "url"}  # Telegram finds nothing inside these
KINDS = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
    "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
    "custom_emoji", "date_time",
}  # fmt: skip


def formatted(text: str, parse_mode: str = "", entities: list[Any] | None = None) -> tuple[str, list[Json]]:
    """Return a bot's text as it is shown, and its entities in order.

    Args:
        text: what the bot sent, with markup if it gave a parse mode.
        parse_mode: "HTML", "Markdown" or "MarkdownV2" in any case, or "" for plain text.
        entities: the bot's own list, which takes precedence over the parse mode.

    Raises:
        ApiError: the markup or the list is malformed.
    """
    text = text.replace("\r", "").replace("\0", "")
    if parse_mode and entities is None:
        parser = PARSERS.get(parse_mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode")
        text, found = parser(text)
    else:
        found = [_checked(entity, text) for entity in entities or []]
    return _trimmed(text, found)


def plain(text: str) -> tuple[str, list[Json]]:
    """Return what a person typed, and the entities that Telegram finds in it."""
    return _trimmed(text.replace("\r", ""), [])


def _trimmed(text: str, found: list[Json]) -> tuple[str, list[Json]]:
    """Strip the text as Telegram does, shift the entities accordingly, and add those that Telegram finds."""
    start = utf16_length(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    end = utf16_length(text)
    kept: list[Json] = []
    for entity in found:
        left = max(0, entity["offset"] - start)
        right = min(end, entity["offset"] + entity["length"] - start)
        if right > left:
            kept.append(entity | {"offset": left, "length": right - left})
    kept += [entity for entity in _automatic(text) if not _in_opaque(entity, kept)]
    return text, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def _automatic(text: str) -> list[Json]:
    """Return the commands, URLs, email addresses, mentions and hashtags in a text."""
    return [
        {"type": match.lastgroup, "offset": utf16_length(text[: match.start()]), "length": utf16_length(match.group())}
        for match in AUTOMATIC.finditer(text)
    ]


def _in_opaque(entity: Json, others: list[Json]) -> bool:
    return any(
        other["type"] in OPAQUE
        and other["offset"] < entity["offset"] + entity["length"]
        and entity["offset"] < other["offset"] + other["length"]
        for other in others
    )


def _checked(entity: Any, text: str) -> Json:
    if not isinstance(entity, dict) or not isinstance(entity.get("type"), str) or entity["type"] not in KINDS:
        raise bad_request("can't parse entities: unsupported type specified")
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse entities: offset and length must be of type Number")
    if offset < 0 or length < 0 or offset + length > utf16_length(text):
        raise bad_request("can't parse entities: entity is beyond the text")
    return {name: entity[name] for name, kind in FIELDS.items() if isinstance(entity.get(name), kind)}

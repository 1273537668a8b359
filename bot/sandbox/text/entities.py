"""Formatted text: what a bot marks up, and what Telegram finds by itself.

Offsets and lengths count UTF-16 code units (Bot API, MessageEntity).
"""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.botapi.parameters import Params
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Json
from bot.sandbox.text.html import parse_html
from bot.sandbox.text.markdown import parse_markdown, parse_markdown_v2
from bot.sandbox.text.utf16 import units

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
OPAQUE = {"code", "pre", "text_link", "url"}  # nothing is found inside these
KINDS = {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline",
    "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention",
    "custom_emoji", "date_time",
}  # fmt: skip


def formatted(params: Params, text_name: str, entities_name: str) -> tuple[str, list[Json]]:
    """The text of a call and its entities, from parse_mode or from the list that the bot gives."""
    text = params.text(text_name).replace("\r", "").replace("\0", "")
    mode = params.text("parse_mode").lower()
    listed = params.array(entities_name)
    if mode and listed is None:
        parser = PARSERS.get(mode)
        if parser is None:
            raise bad_request("unsupported parse_mode")
        text, found = parser(text)
    else:
        found = [_checked(entity, text) for entity in listed or []]
    return _finished(text, found)


def plain(text: str) -> tuple[str, list[Json]]:
    """What a person typed: only Telegram's own findings."""
    return _finished(text.replace("\r", ""), [])


def _finished(text: str, found: list[Json]) -> tuple[str, list[Json]]:
    """Trim as Telegram does, shift the entities along, and add what is found in the text."""
    start = units(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    end = units(text)
    kept: list[Json] = []
    for entity in found:
        left = max(0, entity["offset"] - start)
        right = min(end, entity["offset"] + entity["length"] - start)
        if right > left:
            kept.append(entity | {"offset": left, "length": right - left})
    kept += [entity for entity in automatic(text) if not _inside(entity, kept)]
    return text, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def automatic(text: str) -> list[Json]:
    """Commands, links, addresses, mentions and hashtags."""
    return [
        {"type": match.lastgroup, "offset": units(text[: match.start()]), "length": units(match.group())}
        for match in AUTOMATIC.finditer(text)
    ]


def _inside(entity: Json, others: list[Json]) -> bool:
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
    if offset < 0 or length < 0 or offset + length > units(text):
        raise bad_request("can't parse entities: entity is beyond the text")
    return {name: entity[name] for name, kind in FIELDS.items() if isinstance(entity.get(name), kind)}

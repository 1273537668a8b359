"""HTML style (Bot API, "Formatting options"): a few tags, nested at will."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox import Json
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.text.utf16 import utf16_length

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link",
    "tg-emoji": "custom_emoji", "tg-time": "date_time",
}  # fmt: skip
TOKEN = re.compile(r"<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9-]*)?(?P<rest>[^<>]*)(?P<end>>?)|&(?P<name>#?\w+);")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


@dataclass
class _Tag:
    """An open tag; `offset` is where its entity begins, in UTF-16 code units."""

    tag: str
    offset: int
    attributes: dict[str, str]


@dataclass
class _Reader:
    """The plain text so far with its length in UTF-16 code units, the entities of closed tags, and the open tags."""

    source: str
    text: str = ""
    length: int = 0
    found: list[Json] = field(default_factory=list)
    open: list[_Tag] = field(default_factory=list)

    def write(self, piece: str) -> None:
        self.text += piece
        self.length += utf16_length(piece)

    def fail(self, reason: str, position: int) -> ApiError:
        offset = len(self.source[:position].encode())
        return bad_request(f"can't parse entities: {reason} at byte offset {offset}")


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return plain text and its entities.

    Raises:
        ApiError: the markup is malformed; the reason has a byte offset, as Telegram's has.
    """
    reader = _Reader(source)
    position = 0
    for match in TOKEN.finditer(source):
        reader.write(source[position : match.start()])
        position = match.end()
        if match["name"] is not None:
            reader.write(_character(match["name"]) or match.group())
        elif match["close"]:
            _close(reader, match)
        else:
            _start(reader, match)
    reader.write(source[position:])
    if reader.open:
        tag = reader.open[-1].tag
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
    return reader.text, reader.found


def _character(name: str) -> str | None:
    if not name.startswith("#"):
        return NAMED.get(name)
    try:
        character = chr(int(name[2:], 16) if name[1:2] in ("x", "X") else int(name[1:]))
        character.encode()  # half of a surrogate pair is no character, and cannot be sent
    except (ValueError, OverflowError):
        return None
    return character


def _start(reader: _Reader, match: re.Match[str]) -> None:
    tag = (match["tag"] or "").lower()
    if tag not in KINDS:
        raise reader.fail(f'Unsupported start tag "{tag}"', match.start())
    if not match["end"]:
        raise reader.fail("Unclosed start tag", match.start())
    attributes = {
        name.lower(): _unescaped(double or single or bare)
        for name, double, single, bare in ATTRIBUTE.findall(match["rest"])
    }
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise reader.fail('Tag "span" must have class "tg-spoiler"', match.start())
    reader.open.append(_Tag(tag, reader.length, attributes))


def _close(reader: _Reader, match: re.Match[str]) -> None:
    tag = (match["tag"] or "").lower()
    if not reader.open:
        raise reader.fail("Unexpected end tag", match.start())
    opened = reader.open.pop()
    if tag and tag != opened.tag:
        expected = f'expected "</{opened.tag}>", found "</{tag}>"'
        raise reader.fail(f"Unmatched end tag, {expected}", match.start())
    entity = _entity(reader, opened)
    if entity is not None and entity["length"] > 0:
        reader.found.append(entity)


def _entity(reader: _Reader, opened: _Tag) -> Json | None:
    entity: Json = {"type": KINDS[opened.tag], "offset": opened.offset, "length": reader.length - opened.offset}
    if opened.tag == "a":
        address = opened.attributes.get("href") or reader.text[len(reader.text) - entity["length"] :]
        return entity | {"url": address} if re.match(r"(https?|tg|mailto|tel)[:]", address) else None
    if opened.tag == "blockquote" and "expandable" in opened.attributes:
        entity["type"] = "expandable_blockquote"
    if opened.tag == "tg-emoji":
        entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
    if opened.tag == "tg-time":
        entity["unix_time"] = int(opened.attributes.get("unix", "0") or 0)
    return _code(reader, opened, entity)


def _code(reader: _Reader, opened: _Tag, entity: Json) -> Json | None:
    """Add the language of a <pre>. It is the class of a <code> directly inside, which has no entity of its own."""
    language = opened.attributes.get("class", "").removeprefix("language-")
    if opened.tag == "code" and language and reader.open and reader.open[-1].tag == "pre":
        reader.open[-1].attributes["class"] = f"language-{language}"
        return None
    if opened.tag == "pre" and language:
        entity["language"] = language
    return entity


def _unescaped(value: str) -> str:
    return re.sub(r"&(#?\w+);", lambda match: _character(match[1]) or match[0], value)

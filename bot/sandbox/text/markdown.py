"""MarkdownV2 and the legacy Markdown style (Bot API, "Formatting options")."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox import Json
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.text.utf16 import utf16_length

RESERVED = "_*[]()~`>#+-=|{}.!"
MARKS = {"**": "bold", "*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
LINK = re.compile(r"\]\(((?:\\.|[^)\\])*)\)")
FENCE = re.compile(r"```(?:(\w[\w+-]*)\n|\n?)((?:\\.|[^`\\]|`(?!``))*)```")
CODE = re.compile(r"`((?:\\.|[^`\\])*)`")
LEGACY = re.compile(
    r"\\([_*`\[])|```(?:(\w+)\n|\n?)(.*?)```|`([^`]*)`|\*([^*]*)\*|_([^_]*)_|\[([^\]]*)\]\(([^)]*)\)", re.S
)


@dataclass
class _Reader:
    """The position in the source, the plain text so far with its length in UTF-16 code units, and its entities."""

    source: str
    position: int = 0
    text: str = ""
    length: int = 0
    found: list[Json] = field(default_factory=list)
    open: list[tuple[str, int]] = field(default_factory=list)  # marks with the offsets where their entities begin
    quote: int | None = None  # offset where the open block quotation begins

    def write(self, piece: str, taken: int) -> None:
        self.text += piece
        self.length += utf16_length(piece)
        self.position += taken

    def add(self, kind: str, offset: int, **extra: str) -> None:
        if self.length > offset:
            self.found.append({"type": kind, "offset": offset, "length": self.length - offset, **extra})

    def fail(self, reason: str) -> ApiError:
        return bad_request(f"can't parse entities: {reason}")


def parse_markdown_v2(source: str) -> tuple[str, list[Json]]:
    """Return plain text and its entities.

    Raises:
        ApiError: a reserved character is not escaped, or an entity has no end.
    """
    reader = _Reader(source)
    steps: tuple[Callable[[_Reader], bool], ...] = (_escape, _quote, _blocks, _link, _mark, _ordinary)
    while reader.position < len(source):
        any(step(reader) for step in steps)
    if reader.quote is not None:
        reader.add("blockquote", reader.quote)
    if reader.open:
        mark, offset = reader.open[-1]
        kind = {"[": "TextUrl"}.get(mark, MARKS.get(mark, mark).capitalize())
        raise reader.fail(f"Can't find end of {kind} entity at byte offset {offset}")
    return reader.text, reader.found


def _escape(reader: _Reader) -> bool:
    following = reader.source[reader.position + 1 : reader.position + 2]
    if reader.source[reader.position] != "\\" or not following or ord(following) > 126:
        return False
    reader.write(following, 2)
    return True


def _quote(reader: _Reader) -> bool:
    """Read the beginning of a line: lines that start with > are one block quotation, the first other line ends it."""
    line_start = reader.position == 0 or reader.source[reader.position - 1] == "\n"
    if not line_start:
        return False
    if reader.source[reader.position] == ">":
        reader.quote = reader.length if reader.quote is None else reader.quote
        reader.position += 1
        return True
    if reader.quote is not None:
        reader.add("blockquote", reader.quote)
        reader.quote = None
    return False


def _blocks(reader: _Reader) -> bool:
    for pattern, kind in ((FENCE, "pre"), (CODE, "code")):
        match = pattern.match(reader.source, reader.position)
        if match is None:
            continue
        offset = reader.length
        body = match[match.lastindex or 1] if kind == "code" else match[2]
        reader.write(re.sub(r"\\(.)", r"\1", body), len(match.group()))
        language = match[1] if kind == "pre" else None
        reader.add(kind, offset, **({"language": language} if language else {}))
        return True
    return False


def _link(reader: _Reader) -> bool:
    character = reader.source[reader.position]
    if character == "!" and reader.source[reader.position + 1 : reader.position + 2] == "[":
        reader.position += 1
        character = "["
    if character == "[":
        reader.open.append(("[", reader.length))
        reader.position += 1
        return True
    match = LINK.match(reader.source, reader.position)
    if match is None or not reader.open or reader.open[-1][0] != "[":
        return False
    _, offset = reader.open.pop()
    reader.position = match.end()
    address = re.sub(r"\\(.)", r"\1", match[1])
    emoji = re.fullmatch(r"tg://emoji\?id=(\d+)", address)
    if emoji is not None:
        reader.add("custom_emoji", offset, custom_emoji_id=emoji[1])
    elif re.match(r"(https?|tg|mailto|tel):", address):
        reader.add("text_link", offset, url=address)
    return True


def _mark(reader: _Reader) -> bool:
    two, one = reader.source[reader.position : reader.position + 2], reader.source[reader.position]
    mark = two if two in ("__", "||") else one if one in "*_~" else None
    if mark is None:
        return False
    reader.position += len(mark)
    if reader.open and reader.open[-1][0] == mark:
        reader.add(MARKS[mark], reader.open.pop()[1])
    else:
        reader.open.append((mark, reader.length))
    return True


def _ordinary(reader: _Reader) -> bool:
    character = reader.source[reader.position]
    if character in RESERVED:
        escaped = f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
        raise reader.fail(escaped)
    reader.write(character, 1)
    return True


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """Return plain text and the entities of the legacy style: they do not nest; _ * ` [ are escaped by a backslash.

    Raises:
        ApiError: an entity has no end.
    """
    reader = _Reader(source)
    for match in LEGACY.finditer(source):
        _legacy_text(reader, source[reader.position : match.start()])
        escape, language, block, code, bold, italic, label, address = match.groups()
        offset = reader.length
        pairs = (("pre", block), ("code", code), ("bold", bold), ("italic", italic), ("text_link", label))
        kind, body = next(((kind, body) for kind, body in pairs if body is not None), ("", escape))
        reader.write(body, len(match.group()))
        extra = {"url": address} if kind == "text_link" else {"language": language} if language else {}
        if kind:
            reader.add(kind, offset, **extra)
    _legacy_text(reader, source[reader.position :])
    return reader.text, reader.found


def _legacy_text(reader: _Reader, piece: str) -> None:
    stray = re.search(r"[_*`]", piece)
    if stray is not None:
        offset = len(reader.source[: reader.position + stray.start()].encode())
        raise reader.fail(f"Can't find end of the entity starting at byte offset {offset}")
    reader.write(piece, len(piece))

"""Formatted text: markup, entities that Telegram finds, and offsets in UTF-16."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.errors import ApiError
from bot.sandbox.text.entities import formatted, plain
from bot.sandbox.text.utf16 import utf16_length


def parse(text: str, mode: str) -> tuple[str, list[tuple[object, ...]]]:
    words, entities = formatted(text, mode)
    return words, [tuple(entity.values()) for entity in entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b> &lt;&amp;&gt;", "a <&>", [("bold", 0, 1)]),
        ("🎨<i>x</i>", "🎨x", [("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ('<a href="https://e.org/?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1, "https://e.org/?a=1&b=2")]),
        ('<pre><code class="language-python">x=1</code></pre>', "x=1", [("pre", 0, 3, "python")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>', "st", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("  <u> x </u>  ", "x", [("underline", 0, 1)]),
        ("&#65;&#xD800;", "A&#xD800;", [("hashtag", 2, 6)]),
        ("<code>/not @found</code>", "/not @found", [("code", 0, 11)]),
    ],
)
def test_html(source: str, text: str, entities: list[tuple[object, ...]]) -> None:
    """Tags become entities; offsets count UTF-16 code units of the text without tags and surrounding spaces."""
    assert parse(source, "HTML") == (text, entities)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        (
            "*b* _i_ __u__ ~s~ ||p||",
            "b i u s p",
            [("bold", 0, 1), ("italic", 2, 1), ("underline", 4, 1), ("strikethrough", 6, 1), ("spoiler", 8, 1)],
        ),
        ("a\\.b", "a.b", []),
        ("[x](https://e\\.org/)", "x", [("text_link", 0, 1, "https://e.org/")]),
        ("```python\nx = 1\n```", "x = 1", [("pre", 0, 5, "python")]),
        ("`a*b`", "a*b", [("code", 0, 3)]),
        (">quoted\nplain", "quoted\nplain", [("blockquote", 0, 7)]),
        ("*a _b_*", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
    ],
)
def test_markdown_v2(source: str, text: str, entities: list[tuple[object, ...]]) -> None:
    """MarkdownV2 with nested and escaped marks."""
    assert parse(source, "MarkdownV2") == (text, entities)


@pytest.mark.parametrize(
    ("mode", "source", "words"),
    [
        ("HTML", "a <img> b", 'Unsupported start tag "img" at byte offset 2'),
        ("HTML", "я <b>x</i>", 'Unmatched end tag, expected "</b>", found "</i>" at byte offset 7'),
        ("HTML", "x</b>", "Unexpected end tag at byte offset 1"),
        ("HTML", "1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("HTML", "<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("MarkdownV2", "a.b", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "*a", "Can't find end of Bold entity at byte offset 0"),
    ],
)
def test_errors_say_where(mode: str, source: str, words: str) -> None:
    """Errors have Telegram's words; the byte offset counts bytes of UTF-8."""
    with pytest.raises(ApiError) as caught:
        parse(source, mode)
    assert caught.value.description == f"Bad Request: can't parse entities: {words}"


def test_markdown() -> None:
    """The legacy Markdown style."""
    found = parse("*b* _i_ `c` [x](https://e.org/) a\\_b", "Markdown")
    assert found == (
        "b i c x a_b",
        [("bold", 0, 1), ("italic", 2, 1), ("code", 4, 1), ("text_link", 6, 1, "https://e.org/")],
    )
    with pytest.raises(ApiError, match="Can't find end of the entity starting at byte offset 2"):
        parse("a *b", "Markdown")


def cut(text: str, entity: dict[str, int]) -> str:
    """Return the part of a text that an entity covers."""
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    return text.encode("utf-16-le")[start:end].decode("utf-16-le")


def test_what_telegram_finds_by_itself() -> None:
    """Telegram finds commands, mentions, hashtags, URLs and email addresses, but not inside words."""
    text, entities = plain("/go@vitrage_bot см. https://e.org/a?b=1. @someone #тег a@b.org x/no 🎨/yes")
    found = [(entity["type"], cut(text, entity)) for entity in entities]
    assert found == [
        ("bot_command", "/go@vitrage_bot"), ("url", "https://e.org/a?b=1"), ("mention", "@someone"),
        ("hashtag", "#тег"), ("email", "a@b.org"), ("bot_command", "/yes"),
    ]  # fmt: skip


@given(st.text(max_size=200), st.sampled_from(["HTML", "Markdown", "MarkdownV2"]))
def test_any_text_parses_or_is_refused(text: str, mode: str) -> None:
    """For every text, entities lie within the text, or ApiError is raised."""
    try:
        words, entities = formatted(text, mode)
    except ApiError as error:
        assert error.code == 400
        return
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16_length(words)

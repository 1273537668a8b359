"""The messages of the bot: the same in both languages, and each of them used."""

import re
from pathlib import Path

import pytest

from bot.chat.i18n import LANGUAGES, Texts, texts

ROOT = Path(__file__).parents[2]
CATALOGUES = {name: (ROOT / "bot/chat/locales" / f"{name}.ftl").read_text(encoding="utf-8") for name in LANGUAGES}


def messages(source: str) -> dict[str, set[str]]:
    """Return each message's name and the values that it uses."""
    found: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=[a-z][\w-]* =)", source):
        if match := re.match(r"([a-z][\w-]*) =", block):
            found[match[1]] = set(re.findall(r"\$(\w+)", block))
    return found


def test_both_languages_have_the_same_messages_with_the_same_values() -> None:
    """No message is missing in a language, and none lacks a value."""
    english, russian = messages(CATALOGUES["en"]), messages(CATALOGUES["ru"])
    assert english.keys() == russian.keys()
    assert english == russian


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_can_be_said(language: str) -> None:
    """Each message can be formatted and is not empty."""
    say = Texts(language)
    for name, values in messages(CATALOGUES[language]).items():
        text = say(name, **dict.fromkeys(values, 3))
        assert text.strip()
        assert "{" not in text


def test_every_message_that_the_code_names_exists_and_none_is_left_over() -> None:
    """Each message of the catalogue is named in the code."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot/chat").rglob("*.py"))
    for name in messages(CATALOGUES["en"]):
        stems = [name[: place.start()] for place in re.finditer("-", name)]
        made = any(f"{stem}-{{" in source for stem in stems)
        assert re.search(f"[\"']{name}[\"']", source) or made, f"{name} is never said"


def test_russian_counts_as_russians_do() -> None:
    """1 картина, 2 картины, 5 картин, 21 картина."""
    said = [texts("ru")("queued", ahead=count) for count in (1, 2, 5, 21)]
    assert [text.removesuffix(".").split()[-1] for text in said] == ["картина", "картины", "картин", "картина"]


def test_any_other_language_is_answered_in_english() -> None:
    """No language, or one that has no catalogue."""
    assert texts(None).language == texts("fr").language == texts("en-GB").language == "en"
    assert texts("ru-RU").language == "ru"


def test_a_missing_value_is_an_error_and_never_sent() -> None:
    """A message with an unfilled place does not reach a user."""
    with pytest.raises(KeyError, match="queued"):
        texts("en")("queued")


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "about 5 s"), (47, "about 45 s"), (89, "about 90 s"), (200, "about 3 min")]
)
def test_times_are_rounded_as_people_say_them(seconds: float, said: str) -> None:
    """To 5 seconds, above 90 seconds to minutes."""
    assert texts("en").duration(seconds) == said

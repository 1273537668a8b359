"""The words of the bot: complete in both languages, and used nowhere else."""

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
    """Nobody reads a message in the wrong language, or one with a hole in it."""
    english, russian = messages(CATALOGUES["en"]), messages(CATALOGUES["ru"])
    assert english.keys() == russian.keys()
    assert english == russian


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_can_be_said(language: str) -> None:
    """Each message is valid and says something, with any values."""
    say = Texts(language)
    for name, values in messages(CATALOGUES[language]).items():
        text = say(name, **dict.fromkeys(values, 3))
        assert text.strip()
        assert "{" not in text


def test_every_message_that_the_code_names_exists_and_none_is_left_over() -> None:
    """The catalogue and the code agree."""
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
    """A user with no language, or one that we do not speak, is understood all the same."""
    assert texts(None).language == texts("fr").language == texts("en-GB").language == "en"
    assert texts("ru-RU").language == "ru"


def test_a_missing_value_is_an_error_and_never_sent() -> None:
    """A sentence with a hole does not reach a user."""
    with pytest.raises(KeyError, match="queued"):
        texts("en")("queued")


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "about 5 s"), (47, "about 45 s"), (89, "about 90 s"), (200, "about 3 min")]
)
def test_times_are_rounded_as_people_say_them(seconds: float, said: str) -> None:
    """A time left is an estimate and looks like one."""
    assert texts("en").duration(seconds) == said

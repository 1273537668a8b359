"""The text of every answer, in the user's language. The texts themselves are in `locales/*.ftl` (Project Fluent)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from fluent.runtime import FluentBundle, FluentResource

Language = Literal["en", "ru"]
LANGUAGES = get_args(Language)


# In a group, a command without the bot's name reaches only the bot that wrote last.
COMMAND = re.compile(r"(?<![\w/@.<])/(?:style|presets|save|settings|queue|cancel|help|language|privacy|forget)\b(?!@)")


class Texts:
    """The messages of one language: `texts("queued", ahead=2)`.

    Attributes:
        language: Its tag.
        addressee: The bot's username in texts for groups: the commands in them carry it.
    """

    def __init__(self, language: str, addressee: str | None = None) -> None:
        self.language = language
        self.addressee = addressee
        source = files("bot.chat").joinpath("locales", f"{language}.ftl").read_text(encoding="utf-8")
        # Isolation marks are for mixed writing directions; some clients would show them as odd characters.
        self._bundle = FluentBundle([language], use_isolating=False)
        self._bundle.add_resource(FluentResource(source))

    def __call__(self, name: str, **values: str | int) -> str:
        """Return a message with its values filled in.

        Raises:
            KeyError: there is no such message, or a value that it needs is missing.
        """
        pattern = self._bundle.get_message(name).value
        if pattern is None:
            raise KeyError(name)
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise KeyError(f"{name}: {errors[0]}")
        return COMMAND.sub(rf"\g<0>@{self.addressee}", str(text)) if self.addressee else str(text)

    def duration(self, seconds: float) -> str:
        """Return a time to wait, rounded as people say it: `about 20 s`, `about 3 min`."""
        if seconds < 90:
            return self("time-left-seconds", seconds=max(5, round(seconds / 5) * 5))
        return self("time-left-minutes", minutes=round(seconds / 60))

    def range(self, seconds: float) -> str:
        """Return a time to wait as a range, because estimates through a queue are that inexact."""
        low, high = seconds * 0.75, seconds * 1.5
        if high < 90:
            return self("time-range-seconds", low=max(5, round(low / 5) * 5), high=max(10, round(high / 5) * 5))
        return self("time-range-minutes", low=max(1, round(low / 60)), high=max(2, round(high / 60)))


@cache
def texts(language: str | None, addressee: str | None = None) -> Texts:
    """Return the texts for a user's IETF language tag (`ru`, `ru-RU`, `en-GB` …); English for any other.

    With the bot's username as `addressee`, they are for a group.
    """
    base = (language or "en").split("-")[0].lower()
    return Texts(base if base in LANGUAGES else "en", addressee)


def texts_in(chat_id: int, language: str | None, username: str) -> Texts:
    """Return the texts for a chat; groups have negative ids."""
    return texts(language, username if chat_id < 0 else None)

"""The report's texts in English and Russian; they are in `locales/*.ftl` (Project Fluent)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from fluent.runtime import FluentBundle, FluentResource

Language = Literal["en", "ru"]
LANGUAGES = get_args(Language)


class Texts:
    """The messages of one language: `texts("pairs", count=3)`."""

    def __init__(self, language: Language) -> None:
        self.language = language
        source = files("engine.study.report").joinpath("locales", f"{language}.ftl").read_text(encoding="utf-8")
        self._bundle = FluentBundle([language], use_isolating=False)  # no invisible marks of writing direction
        self._bundle.add_resource(FluentResource(source))

    def __call__(self, name: str, **values: str | float) -> str:
        """Return a message with its values filled in.

        Raises:
            KeyError: There is no such message, or a value that it needs is missing.
        """
        pattern = self._bundle.get_message(name).value
        if pattern is None:
            raise KeyError(name)
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise KeyError(f"{name}: {errors[0]}")
        return str(text)

    def knows(self, name: str) -> bool:
        """Return whether there is such a message."""
        return bool(self._bundle.has_message(name))


@cache
def texts(language: Language) -> Texts:
    """Return the texts of a language."""
    return Texts(language)

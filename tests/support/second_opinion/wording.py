"""Rules that the documentation of the Bot API states in words: lengths, enumerations, which fields exclude each other.

The text is Telegram's, as aiogram carries it in its source: a string after each field, and one for each class.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from pydantic import BaseModel

# Given a value and the object around it, what is wrong with the value, or None.
Rule = Callable[[Any, Mapping[str, Any]], str | None]

LENGTH = re.compile(r"(\d+)\s*[-–]\s*(\d+) (characters|bytes)( after entit(?:ies|y) parsing)?", re.IGNORECASE)
ITEMS = re.compile(r"(?:list of|must include) (\d+)-(\d+) |; up to (\d+) items", re.IGNORECASE)
BETWEEN = re.compile(r"values between (\d+)-(\d+) are accepted", re.IGNORECASE)
ONE_OF = re.compile(r"(?:must be|currently,?|can be) (?:(?:it|can be|must be|either|one of) )*(['\"].*)", re.IGNORECASE)
QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")
CHOOSE_ONE = re.compile(r"choose one\b(.*)", re.IGNORECASE | re.DOTALL)
LOWERCASE = "Can contain only lowercase English letters, digits and underscores"
REQUIRED_IF = re.compile(r"required if ((?:\*\w+\*(?: and )?)+) (?:is|are) not specified", re.IGNORECASE)
ALTERNATIVES = re.compile(
    r"(exactly|at most) \**one\** of the fields (other than )?((?:\*\w+\*(?:,? and |,? or |, )?)+)", re.IGNORECASE
)
STARRED = re.compile(r"\*(\w+)\*")


@functools.cache
def field_texts(model: type[BaseModel]) -> dict[str, str]:
    """Return the documentation of each field of a class, and of the classes that it inherits fields from."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        module = inspect.getmodule(each)
        if module is None or not module.__name__.startswith("aiogram."):
            continue
        for described in ast.parse(inspect.getsource(module)).body:
            if isinstance(described, ast.ClassDef) and described.name == each.__name__:
                found |= dict(_texts(described))
    return found


def _texts(described: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Yield each field in the source of a class, and the string that follows it."""
    for field, text in zip(described.body, described.body[1:], strict=False):
        match (field, text):
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, words


@functools.cache
def rules_of(model: type[BaseModel], name: str) -> tuple[Rule, ...]:
    """Return the rules for one field of a class."""
    return tuple(rules_in(field_texts(model).get(name, "")))


def rules_in(text: str) -> list[Rule]:
    """Return the rules that the documentation of one field states."""
    rules: list[Rule] = []
    if (found := LENGTH.search(text)) and "total length" not in text:
        rules.append(_length(int(found[1]), int(found[2]), found[3].lower(), parsed=bool(found[4])))
    if found := ITEMS.search(text):
        rules.append(_items(int(found[1] or 0), int(found[2] or found[3])))
    if found := BETWEEN.search(text):
        rules.append(_between(int(found[1]), int(found[2])))
    if LOWERCASE in text:
        rules.append(_lowercase)
    if allowed := enumeration(text):
        rules.append(_one_of(allowed))
    return rules


def enumeration(text: str) -> list[str]:
    """Return the values that the documentation of a field enumerates; empty where it leaves them open."""
    if chosen := CHOOSE_ONE.search(text):
        return STARRED.findall(chosen[1])
    plain = re.sub(r"\([^)]*\)", "", text)  # explanations of single values
    if found := ONE_OF.search(plain):
        return [single or double for single, double in QUOTED.findall(found[1].partition(". ")[0])]
    return []


def _length(least: int, most: int, unit: str, *, parsed: bool) -> Rule:
    def rule(value: Any, around: Mapping[str, Any]) -> str | None:
        if not isinstance(value, str):
            return None
        text = without_markup(value) if parsed and around.get("parse_mode") == "HTML" else value
        # Telegram counts UTF-16 code units wherever it counts in messages.
        length = len(text.encode()) if unit == "bytes" else len(text.encode("utf-16-le")) // 2
        return None if least <= length <= most else f"has {length} {unit}, and {least}-{most} are allowed"

    return rule


def _items(least: int, most: int) -> Rule:
    def rule(value: Any, _: Mapping[str, Any]) -> str | None:
        if not isinstance(value, list) or least <= len(value) <= most:
            return None
        return f"has {len(value)} items, and {least}-{most} are allowed"

    return rule


def _between(least: int, most: int) -> Rule:
    def rule(value: Any, _: Mapping[str, Any]) -> str | None:
        return None if not isinstance(value, int) or least <= value <= most else f"is {value}, not {least}-{most}"

    return rule


def _one_of(allowed: list[str]) -> Rule:
    def rule(value: Any, _: Mapping[str, Any]) -> str | None:
        return None if not isinstance(value, str) or value in allowed else f"is {value!r}, and must be one of {allowed}"

    return rule


def _lowercase(value: Any, _: Mapping[str, Any]) -> str | None:
    return None if re.fullmatch("[a-z0-9_]*", str(value)) else f"is {value!r}, and must be of [a-z0-9_]"


@functools.cache
def required_without(model: type[BaseModel]) -> dict[str, list[str]]:
    """Return the fields that are required where none of certain others is given, and those others."""
    texts = field_texts(model)
    return {name: STARRED.findall(found[1]) for name in texts if (found := REQUIRED_IF.search(texts[name]))}


@functools.cache
def alternatives(model: type[BaseModel]) -> tuple[bool, frozenset[str]] | None:
    """Return the fields of a class of which only one may be given, and whether one has to be; None where all may."""
    found = ALTERNATIVES.search(model.__doc__ or "")
    if found is None:
        return None
    named = frozenset(STARRED.findall(found[3]))
    return found[1].lower() == "exactly", frozenset(model.model_fields) - named if found[2] else named


class _Text(HTMLParser):
    """Collects the text of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep text between tags."""
        self.parts.append(data)


def without_markup(markup: str) -> str:
    """Return the text of Telegram's HTML, which is what its limits count."""
    text = _Text()
    text.feed(markup)
    text.close()
    return "".join(text.parts)

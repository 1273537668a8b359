"""Reads the answers of the sandbox with two client libraries, strictly."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import telegram
from aiogram.types import ResponseParameters, Update
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.support.second_opinion.calls import method_type
from tests.support.second_opinion.values import Files, complaints, members

FAMILIES = ("ChatMember", "MenuButton")  # python-telegram-bot finds the member of a family by the family's class

# Required since Bot API 10.1; python-telegram-bot 22.8 is of 10.0.
NEWER = {"can_send_welcome_messages"}


def answer_complaints(method: str, status: int, body: Any) -> list[str]:
    """Return what is wrong with an answer: each complaint names the method, the field and the rule."""
    if not isinstance(body, dict):
        return [f"{method}: the answer is no object"]
    found = _refusal(status, body) if status != 200 else _result(method, body)
    return [f"{method}: {said}" for said in found]


def update_complaints(update: Any) -> list[str]:
    """Return what is wrong with an update that a webhook is sent."""
    return [f"webhook: {said}" for said in _read(update, Update, "update")]


def _refusal(status: int, body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("ok") is not False:
        yield "ok must be False in a refusal"
    if body.get("error_code") != status:
        yield f"error_code is {body.get('error_code')!r}, and must be the HTTP status {status}"
    if not isinstance(body.get("description"), str):
        yield "description must be of type String"
    if "parameters" in body:
        yield from complaints(body["parameters"], ResponseParameters, "parameters", Files())
    if unknown := sorted(set(body) - {"ok", "error_code", "description", "parameters"}):
        yield f"{unknown} unknown in a refusal"


def _result(method: str, body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("ok") is not True or set(body) != {"ok", "result"}:
        yield f"an answer has ok, which is True, and result; not {sorted(body)}"
    elif (model := method_type(method)) is not None:
        yield from _read(body["result"], model.__returning__, "result")


def _read(value: Any, kind: Any, where: str) -> Iterator[str]:
    """Let both libraries read a value."""
    yield from complaints(value, kind, where, Files())
    try:
        _adapter(kind).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        yield f"{where}.{'.'.join(map(str, first['loc']))}: aiogram says {first['msg']}"
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield from _read_by_telegram(each, kind, where)


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _read_by_telegram(value: dict[str, Any], kind: Any, where: str) -> Iterator[str]:
    """Let python-telegram-bot read an object: it keeps in `api_kwargs` what it does not know."""
    try:
        made = _class_of(kind).de_json(value, None)
    except Exception as error:  # noqa: BLE001 - it raises whatever its constructors raise
        yield f"{where}: python-telegram-bot says {error}"
        return
    for path, unknown in _unknown(made, where):
        yield f"{path} has {unknown}, which python-telegram-bot does not know"


@functools.cache
def _class_of(kind: Any) -> type[telegram.TelegramObject]:
    """Return the class of python-telegram-bot for objects of a type of aiogram."""
    for each in members(kind):
        inner = members(each.__args__[0])[0] if getattr(each, "__origin__", None) is list else each
        if issubclass(inner, BaseModel):
            name = next((family for family in FAMILIES if inner.__name__.startswith(family)), inner.__name__)
            found: type[telegram.TelegramObject] = getattr(telegram, name)
            return found
    raise TypeError(f"no object: {kind}")


def _unknown(value: Any, where: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            yield from _unknown(each, f"{where}[{index}]")
    elif isinstance(value, telegram.TelegramObject):
        if unknown := sorted(set(value.api_kwargs) - NEWER):
            yield where, unknown
        for name in _slots(type(value)):  # type: ignore[arg-type]  # mypy takes the hash of the object for its class's
            yield from _unknown(getattr(value, name, None), f"{where}.{name}")


@functools.cache
def _slots(kind: type[telegram.TelegramObject]) -> tuple[str, ...]:
    names = (name for each in kind.__mro__ for name in getattr(each, "__slots__", ()))
    return tuple(name for name in names if not name.startswith("_") and name != "api_kwargs")

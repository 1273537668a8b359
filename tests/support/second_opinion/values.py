"""Compares a JSON value with a type of aiogram, strictly: nothing is converted, and nothing unknown is accepted."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from aiogram.client.default import Default
from aiogram.enums import ParseMode, UpdateType
from aiogram.types import InputFile
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tests.support.second_opinion.wording import alternatives, required_without, rules_of

NAMES: dict[Any, str] = {int: "Integer", str: "String", bool: "Boolean", float: "Float", datetime: "Integer"}
OURS = (type(None), Default, timedelta)  # what aiogram's types allow beyond the Bot API's
# Enumerations that the documentation keeps on a page of their own; aiogram has them as classes.
ENUMERATIONS: dict[str, type[Enum]] = {"parse_mode": ParseMode, "allowed_updates": UpdateType}


@dataclass
class Files:
    """The files that came with a call, by the names of their parts, and which of them a value refers to."""

    parts: frozenset[str] = frozenset()
    used: set[str] = field(default_factory=set)


def members(kind: Any) -> list[Any]:
    """Return the types that a value may have, as the Bot API has them."""
    if hasattr(kind, "__value__"):  # a named union
        return members(kind.__value__)
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return members(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return [each for inner in typing.get_args(kind) for each in members(inner)]
    return [] if kind in OURS else [kind]


def complaints(value: Any, kind: Any, where: str, files: Files) -> list[str]:
    """Return what is wrong with a value that should have a type; with several types, what the closest one says."""
    possible = members(kind)
    if InputFile in possible and isinstance(value, str) and value.startswith("attach://"):
        return list(_attached(value, where, files))
    if isinstance(value, dict):
        possible = [each for each in possible if _tagged_alike(value, each)] or possible
    return min((list(_check(value, each, where, files)) for each in possible), key=len, default=[])


def _tagged_alike(value: Mapping[str, Any], kind: Any) -> bool:
    """Return whether the fields that tell apart the types of a union, such as `type`, have the values of this type."""
    if not _is_model(kind):
        return False
    tags = {name: _values(each.annotation) for name, each in kind.model_fields.items() if _is_tag(each)}
    return all(value.get(name) in allowed for name, allowed in tags.items())


def _check(value: Any, kind: Any, where: str, files: Files) -> Iterator[str]:
    origin = typing.get_origin(kind)
    if kind is Any:
        return
    if origin is list:
        yield from _list(value, typing.get_args(kind)[0], where, files)
    elif kind is InputFile:
        yield from _attached(value, where, files)
    elif allowed := _values(kind):
        if value not in allowed:
            yield f"{where} is {value!r}, and must be one of {allowed}"
    elif _is_model(kind):
        yield from _object(value, kind, where, files)
    else:
        yield from _scalar(value, kind, where, files)


def _list(value: Any, inner: Any, where: str, files: Files) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where} is {value!r}, and must be an Array"
        return
    for index, each in enumerate(value):
        yield from complaints(each, inner, f"{where}[{index}]", files)


def _scalar(value: Any, kind: Any, where: str, files: Files) -> Iterator[str]:
    wanted = {float: (int, float), datetime: (int,)}.get(kind, (kind,))
    if not isinstance(value, wanted) or isinstance(value, bool) is not (kind is bool):
        yield f"{where} is {value!r}, and must be of type {NAMES.get(kind, kind)}"


def _attached(value: Any, where: str, files: Files) -> Iterator[str]:
    """A file is a part of its own, which a field inside a structure names by attach://."""
    name = value.removeprefix("attach://") if isinstance(value, str) and value.startswith("attach://") else None
    if name is None:
        yield f"{where} is {value!r}, and must be a file"
    elif name not in files.parts:
        yield f"{where} is attach://{name}, but no part has that name"
    else:
        files.used.add(name)


def _object(value: Any, model: type[BaseModel], where: str, files: Files) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is {value!r}, and must be an object {model.__name__}"
        return
    yield from check_fields(value, model, f"{where}.", files)


def check_fields(
    values: Mapping[str, Any], model: type[BaseModel], where: str, files: Files, *, call: bool = False
) -> Iterator[str]:
    """Yield what is wrong with the fields of an object, or with the parameters of a call; `where` is put before names.

    A file may stand for a parameter of a call itself: a part with its name.
    """
    fields = {each.alias or name: (name, each) for name, each in model.model_fields.items()}
    yield from _missing(values, model, fields, where)
    for name, value in values.items():
        if name not in fields:
            yield f"{where}{name} is unknown to {model.__name__}"
            continue
        inner, info = fields[name]
        if call and name in files.parts:
            yield from _part(name, info, where, files)
            continue
        found = complaints(value, info.annotation, f"{where}{name}", files)
        yield from found
        if not found:
            yield from _by_words(value, values, model, inner, f"{where}{name}")
        if (info.json_schema_extra or {}).get("deprecated") and call:  # type: ignore[union-attr]
            yield f"{where}{name} is deprecated"


def _missing(
    values: Mapping[str, Any], model: type[BaseModel], fields: dict[str, tuple[str, FieldInfo]], where: str
) -> Iterator[str]:
    for name, (_, info) in fields.items():
        if name not in values and (info.is_required() or _is_tag(info)):
            yield f"{where}{name} is missing, and {model.__name__} requires it"
    for name, others in required_without(model).items():
        if name not in values and not any(other in values for other in others):
            yield f"{where}{name} is missing, and is required without {' and '.join(others)}"
    if (found := alternatives(model)) is not None:
        exactly, names = found
        given = sorted(names & set(values))
        if len(given) > 1 or (exactly and not given):
            yield f"{where}{' and '.join(given) or 'nothing'}: {model.__name__} takes one of {sorted(names)}"


def _part(name: str, info: FieldInfo, where: str, files: Files) -> Iterator[str]:
    files.used.add(name)
    if InputFile not in members(info.annotation):
        yield f"{where}{name} is a file, and no file may stand there"


def _by_words(value: Any, around: Mapping[str, Any], model: type[BaseModel], name: str, where: str) -> Iterator[str]:
    for rule in rules_of(model, name):
        if (said := rule(value, around)) is not None:
            yield f"{where} {said}"
    if (values := ENUMERATIONS.get(name)) is not None:
        allowed = [each.value for each in values]
        for each in value if isinstance(value, list) else [value]:
            if each not in allowed:
                yield f"{where} is {each!r}, and must be one of {allowed}"


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_tag(info: FieldInfo) -> bool:
    """Return whether a field has a constant value: aiogram gives it as the default, Telegram requires it."""
    return typing.get_origin(info.annotation) is typing.Literal


def _values(kind: Any) -> list[Any]:
    """Return the values of an enumeration; empty for other types."""
    if typing.get_origin(kind) is typing.Literal:
        return [each.value if isinstance(each, Enum) else each for each in typing.get_args(kind)]
    return [each.value for each in kind] if isinstance(kind, type) and issubclass(kind, Enum) else []

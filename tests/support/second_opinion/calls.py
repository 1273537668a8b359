"""Reads the parameters of a call as aiogram describes its method."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiogram.methods
from aiogram.types import InputFile

from tests.support.second_opinion.values import Files, check_fields, members

SHORTENED = re.compile(r"… \(\d+ characters\)$")  # what the log does to a long value


def method_type(method: str) -> Any:
    """Return aiogram's class of a method, or None."""
    return getattr(aiogram.methods, method[:1].upper() + method[1:], None)


def call_complaints(method: str, request: Mapping[str, Any], parts: frozenset[str]) -> list[str]:
    """Return what is wrong with a call: each complaint names the method, the field and the rule.

    Args:
        method: its name as the Bot API writes it.
        request: its parameters as they came; those of a form are texts.
        parts: the names of the parts of the form that are files.
    """
    model = method_type(method)
    if model is None:
        return [f"{method} is no method of the Bot API"]
    files = Files(parts)
    known = {name: info.annotation for name, info in model.model_fields.items()}
    given = {name: value for name, value in request.items() if name in known or name not in parts}
    values = {name: decoded(value, known.get(name, str)) for name, value in given.items() if _whole(value)}
    cut = dict.fromkeys(set(given) - set(values), "")  # given, but not to be read any more
    found = [said for said in check_fields(values | cut, model, "", files, call=True) if said.split(" ")[0] not in cut]
    if not cut:
        found += [f"{part} is a part that nothing refers to" for part in sorted(parts - files.used)]
    return [f"{method}: {said}" for said in found]


def _whole(value: Any) -> bool:
    return not (isinstance(value, str) and SHORTENED.search(value))


def decoded(value: Any, kind: Any) -> Any:
    """Return the value of a parameter that came as text in a form; what cannot be read so stays a text."""
    possible = members(kind)
    if not isinstance(value, str) or str in possible or InputFile in possible:
        return value
    if bool in possible:
        return {"true": True, "false": False}.get(value, value)
    if any(each in possible for each in (int, datetime)) and re.fullmatch(r"-?\d+", value):
        return int(value)
    try:
        return json.loads(value)
    except ValueError:
        return value

"""Checks JSON against a machine-readable description of the Bot API, where one is beside the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiogram.types

FILE = Path(__file__).parents[3] / "shared" / "telegram" / "bot-api-10.1.json"
SCALARS: dict[str, tuple[type, ...]] = {
    "Integer": (int,), "String": (str,), "Boolean": (bool,), "Float": (float, int), "True": (bool,),
}  # fmt: skip


class Description:
    """The methods and types of the Bot API."""

    def __init__(self, path: Path = FILE) -> None:
        described = json.loads(path.read_text())
        self.methods: dict[str, Any] = described["methods"]
        self.types: dict[str, Any] = described["types"]

    def parameters(self, method: str) -> list[str]:
        """Return the names of the parameters of a method."""
        return [field["name"] for field in self.methods[method].get("fields", [])]

    def complaints(self, method: str, result: Any) -> list[str]:
        """Return what is wrong with the result of a method."""
        return self.any_of(result, self.methods[method]["returns"], method)

    def any_of(self, value: Any, kinds: list[str], where: str) -> list[str]:
        """Return what is wrong with a value that may be of several types: the complaints of the type that fits best."""
        return min((list(self._check(value, kind, where)) for kind in kinds), key=len)

    def _check(self, value: Any, kind: str, where: str) -> Iterator[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{where}: no array"
                return
            for index, item in enumerate(value):
                yield from self._check(item, kind.removeprefix("Array of "), f"{where}[{index}]")
        elif kind in SCALARS:
            fits = isinstance(value, SCALARS[kind]) and (kind in ("Boolean", "True")) == isinstance(value, bool)
            if not fits:
                yield f"{where}: {value!r} is no {kind}"
        elif "subtypes" in self.types[kind]:
            yield from self.any_of(value, self.types[kind]["subtypes"], where)
        else:
            yield from self._object(value, kind, where)

    def _object(self, value: Any, kind: str, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: no {kind}"
            return
        fields = {field["name"]: field for field in self.types[kind].get("fields", [])}
        for name, field in fields.items():
            if field["required"] and name not in value:
                yield f"{where}: {kind} lacks {name}"
        for name, inner in value.items():
            if name not in fields and name in getattr(aiogram.types, kind).model_fields:
                continue  # the description may be older than the Bot API that aiogram supports
            if name not in fields:
                yield f"{where}: {kind} has no {name}"
            else:
                yield from self.any_of(inner, fields[name]["types"], f"{where}.{name}")

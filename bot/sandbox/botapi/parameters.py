"""The parameters of one call, in whichever of the four encodings they came.

A form has every value as text, and structures as JSON text; a JSON body has them as they are. Both are accepted
for every parameter (Bot API, "Making requests").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import Json
from bot.sandbox.errors import bad_request
from bot.sandbox.media.uploads import Upload

INTEGER_LIMIT = 2**63
DEEPEST = 20  # levels of a structure; Telegram's types have six at most


@dataclass(frozen=True)
class Params:
    """The parameters of one call. The methods return typed values, and raise ApiError for values of another type."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Return whether the parameter was given and is not empty."""
        return name in self.files or self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """Return a string; numbers are accepted, as Telegram accepts them."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)):
            return str(value)
        raise bad_request(f'field "{name}" must be of type String')

    def integer(self, name: str, default: int = 0) -> int:
        """Return a whole number of at most 64 bits; text is accepted."""
        value = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            raise bad_request(f"invalid {name} specified") from None
        if not -INTEGER_LIMIT <= number < INTEGER_LIMIT:
            raise bad_request(f"invalid {name} specified")
        return number

    def required_integer(self, name: str) -> int:
        """Return a whole number; raise ApiError when it is absent."""
        if not self.has(name):
            raise bad_request(f"{name} is not specified")
        return self.integer(name)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean; of texts, Telegram reads "true", "yes" and "1" as true."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value.strip().lower() in ("true", "yes", "1")
        return bool(value)

    def structure(self, name: str) -> Any:
        """Return a list or an object, decoded when it came as JSON text, or None when absent."""
        value = self.values.get(name)
        if value in (None, ""):
            return None
        try:
            decoded = json.loads(value) if isinstance(value, str) else value
            json.dumps(decoded, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {name} JSON object") from None
        if _too_deep(decoded):
            raise bad_request(f"can't parse {name} JSON object: it is nested too deeply")
        return decoded

    def array(self, name: str) -> list[Any] | None:
        """Return a list, or None when absent."""
        value = self.structure(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise bad_request(f"expected an Array of {name}")
        return value

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Return an object, or None when absent."""
        value = self.structure(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise bad_request(f"object expected as {name}")
        return value

    def nested(self, values: object, what: str) -> Params:
        """Return the fields of an object inside this call as parameters, with the files of the call."""
        if not isinstance(values, dict):
            raise bad_request(f"expected an Object as {what}")
        return Params(values, self.files)

    def file(self, name: str) -> Upload | str | None:
        """Return the file that a parameter of a method names: the id of a known file, else an upload, or None.

        An id takes precedence over a part of the form with the name of the parameter; `attach://NAME` names a part
        (official server, Client.cpp, get_input_file).
        """
        value = self.text(name)
        if value and not value.startswith("attach://"):
            return value
        return self.files.get(value.removeprefix("attach://") if value else name)

    def attached_file(self, name: str) -> Upload | str | None:
        """Return the file that a field of an InputMedia names: by id or by `attach://NAME`, never by its own name."""
        return self.file(name) if self.text(name) else None

    def to_json(self) -> Json:
        """Return the values for the call log, with a description in place of each file."""
        described = {name: "<nested too deeply>" if _too_deep(value) else value for name, value in self.values.items()}
        for name, file in self.files.items():
            described[name] = f"<{file.name or 'file'}, {file.mime}, {len(file.data)} bytes>"
        return described


def _too_deep(value: Any) -> bool:
    layer = [value]
    for _ in range(DEEPEST):
        layer = [
            inner
            for each in layer
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(layer)

"""The parameters of one call, whichever of the four encodings brought them.

A form carries every value as text and structures as JSON text; a JSON body carries them as they are. Both are
accepted for every parameter (Bot API, "Making requests").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import bad_request

INTEGER_LIMIT = 2**63
DEEPEST = 20  # levels of a structure; Telegram's own types need six


@dataclass(frozen=True)
class Upload:
    """One file of a multipart request."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True)
class Params:
    """Typed, refusing access to the parameters of one call."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether the parameter was given and is not empty."""
        return name in self.files or self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers are taken by their decimal form, as Telegram takes them."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)):
            return str(value)
        raise bad_request(f'field "{name}" must be of type String')

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number within 64 bits, also when it came as text."""
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
        """A whole number that has to be there."""
        if not self.has(name):
            raise bad_request(f"{name} is not specified")
        return self.integer(name)

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean; "true", "yes" and "1" are the texts that Telegram reads as true."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value.strip().lower() in ("true", "yes", "1")
        return bool(value)

    def structure(self, name: str) -> Any:
        """A list or an object, decoded when it came as JSON text; None when absent."""
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
        """A list; None when absent."""
        value = self.structure(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise bad_request(f"expected an Array of {name}")
        return value

    def mapping(self, name: str) -> dict[str, Any] | None:
        """An object; None when absent."""
        value = self.structure(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise bad_request(f"object expected as {name}")
        return value

    def nested(self, values: object, what: str) -> Params:
        """The parameters of an object inside this call, with the files of the call."""
        if not isinstance(values, dict):
            raise bad_request(f"expected an Object as {what}")
        return Params(values, self.files)


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

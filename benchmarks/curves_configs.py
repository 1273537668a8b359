"""The configurations that the curves compare: a preset, with some hyperparameters or options changed."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import OptionsError
from engine.options import HYPERPARAMETERS, Hyperparameters, Options

VARIANTS: Mapping[str, str] = {
    "paper-whole": "paper:square=False,size=512",  # the published algorithm on the whole picture, not on a square
}
"""Short names for configurations; more are written on the command line, in the same way."""

_HYPERPARAMETERS = {field.name for field in dataclasses.fields(Hyperparameters)}


@dataclass(frozen=True)
class Config:
    """A configuration by name.

    Attributes:
        name: As given, `standard` or `standard:strength=70,tv_weight=0.1`.
        sweep: The name without strength: what a sweep of strengths has in common.
        options: For the engine.
    """

    name: str
    sweep: str
    options: Options


def read_config(name: str, size: int | None = None) -> Config:
    """A configuration from `PRESET[:FIELD=VALUE,...]`, or a variant's name in the preset's place.

    Args:
        name: A field is one of `engine.options.Hyperparameters`, else of `Options`; a value is written as in Python.
        size: Longest edge of the output in pixels; None: the preset's.

    Raises:
        OptionsError: No such preset or field, or a value that is none.
    """
    base, _, changes = name.partition(":")
    preset, _, variant = VARIANTS.get(base, base).partition(":")
    given = _fields(changes)
    fields = _fields(variant) | given
    if preset not in HYPERPARAMETERS:
        raise OptionsError(f"There is no {base}; the configurations are {', '.join([*HYPERPARAMETERS, *VARIANTS])}.")
    changed = {key: fields.pop(key) for key in _HYPERPARAMETERS & set(fields)}
    custom = dataclasses.replace(HYPERPARAMETERS[preset], **changed) if changed else None
    try:
        options = Options(preset=preset, size=size, custom=custom, **fields)
    except TypeError:
        raise OptionsError(f"Neither the hyperparameters nor the options have a field {' or '.join(fields)}.") from None
    common = ",".join(f"{key}={value}" for key, value in given.items() if key != "strength")
    return Config(name, f"{base}:{common}" if common else base, options)


def _fields(text: str) -> dict[str, Any]:
    """`a=1,b=(2,3)` as a dictionary."""
    try:
        call = ast.parse(f"_({text})", mode="eval").body
        if not isinstance(call, ast.Call) or call.args:
            raise ValueError(text)
        return {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, ValueError):
        raise OptionsError(f"Write changes as FIELD=VALUE,FIELD=VALUE, not {text!r}.") from None

"""Callback data: what each button carries, as a typed value and as the text that Telegram gives back.

A text is `PREFIX:VALUE:…`, at most 64 bytes. It comes from users, so a text that fits no pattern is no callback of
ours and is dropped. Buttons stay under old messages: a format that was in use is not changed.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, Self, get_args, get_origin, get_type_hints

from bot.chat.i18n import Language

JobId = Annotated[int, r"\d{1,18}"]
Requester = Annotated[int, r"-?\d{1,18}"]
ChatId = Annotated[int, r"-?\d{1,18}"]
OutputNumber = Annotated[int, r"\d{1,6}"]
PresetName = Annotated[str, r"[a-z0-9-]{1,30}"]

Action = Literal[
    "stronger", "softer", "bigger", "again", "part", "swap", "colors", "strip", "faces", "denoise",
    "compare", "timelapse", "square", "portrait", "story", "sticker", "file", "print", "delete",
]  # fmt: skip
ChoiceOrOther = Literal["left", "right", "equal", "other"]
Share = Literal[20, 40, 60, 80]
Page = Literal["first", "more"]
Setting = Literal["quality", "size", "strength", "colors", "strokes", "output", "language"]
SettingOrReset = Literal["quality", "size", "strength", "colors", "strokes", "output", "language", "reset"]


@dataclass(frozen=True)
class Callback:
    """What a button carries: the base of all kinds."""

    prefix: ClassVar[str]

    def pack(self) -> str:
        """Return the text for the button."""
        return ":".join([self.prefix, *map(str, dataclasses.astuple(self))])

    @classmethod
    def unpack(cls, text: str) -> Self | None:
        """Return what a text of this kind says, None if it is of no such kind."""
        pattern, types = _format(cls)  # type: ignore[arg-type]  # mypy: a class is hashable
        found = pattern.fullmatch(text)
        return cls(*(convert(value) for convert, value in zip(types, found.groups(), strict=True))) if found else None


@cache
def _format(kind: type[Callback]) -> tuple[re.Pattern[str], list[type]]:
    """Return the pattern of a kind's texts, a group for each field, and the types of its fields."""
    hints = get_type_hints(kind, include_extras=True)
    patterns, types = [kind.prefix], []
    for field in dataclasses.fields(kind):
        hint: Any = hints[field.name]
        if get_origin(hint) is Literal:
            values = get_args(hint)
            patterns.append(f"({'|'.join(map(str, values))})")
            types.append(type(values[0]))
        else:
            types.append(get_args(hint)[0])
            patterns.append(f"({hint.__metadata__[0]})")
    return re.compile(":".join(patterns), re.ASCII), types


# --- Under the status message of a job


@dataclass(frozen=True)
class Cancel(Callback):
    """Cancel the job."""

    prefix = "cancel"
    job: JobId


@dataclass(frozen=True)
class Stop(Callback):
    """Finish the job with its picture as it is now."""

    prefix = "stop"
    job: JobId


@dataclass(frozen=True)
class Swap(Callback):
    """Swap content and style of the queued job."""

    prefix = "swap"
    job: JobId


@dataclass(frozen=True)
class Remedy(Callback):
    """Paint by the recipe that the advice recommends."""

    prefix = "remedy"
    job: JobId


@dataclass(frozen=True)
class OtherStyle(Callback):
    """Show the presets in place of the style."""

    prefix = "other"
    job: JobId


@dataclass(frozen=True)
class UseInstead(Callback):
    """Paint the job's content in a preset instead."""

    prefix = "instead"
    job: JobId
    preset: PresetName


# --- Under a picture


@dataclass(frozen=True)
class DoWithResult(Callback):
    """Do something with a finished picture."""

    prefix = "do"
    job: JobId
    action: Action


@dataclass(frozen=True)
class ShowButtons(Callback):
    """Show these buttons under the picture instead: what most people do next, or the rest."""

    prefix = "page"
    job: JobId
    page: Page


@dataclass(frozen=True)
class Pick(Callback):
    """Paint in the style that has this number on a contact sheet."""

    prefix = "pick"
    job: JobId
    number: Annotated[int, r"\d{1,2}"]


@dataclass(frozen=True)
class Blend(Callback):
    """Send the photo blended with this share of the picture, in per cent."""

    prefix = "blend"
    job: JobId
    share: Share


# --- For a draft


@dataclass(frozen=True)
class SwapDraft(Callback):
    """Make the draft's photo the style, or the content again."""

    prefix = "turn"


@dataclass(frozen=True)
class PaintSheet(Callback):
    """Paint the draft's photo in every preset, on a contact sheet."""

    prefix = "sheet"


@dataclass(frozen=True)
class UsePreset(Callback):
    """Choose a preset as the draft's style."""

    prefix = "use"
    preset: PresetName


# --- Under two outputs of a study


@dataclass(frozen=True)
class Vote(Callback):
    """Say which of two outputs is better, or ask for another two.

    The numbers are those of the study's results, whose key tells whether they still mean the same pictures.
    """

    prefix = "vote"
    study: Annotated[str, r"[0-9a-f]{8}"]
    left: OutputNumber
    right: OutputNumber
    choice: ChoiceOrOther


@dataclass(frozen=True)
class StopVoting(Callback):
    """Show no more outputs."""

    prefix = "enough"


# --- Settings


@dataclass(frozen=True)
class ShowSettings(Callback):
    """Show the list of settings of a user, or of a group."""

    prefix = "settings"
    chat: ChatId


@dataclass(frozen=True)
class OpenSetting(Callback):
    """Show the choices of one setting."""

    prefix = "open"
    chat: ChatId
    field: Setting


@dataclass(frozen=True)
class Choose(Callback):
    """Choose a value in /settings of a user, or of a group."""

    prefix = "set"
    chat: ChatId
    field: SettingOrReset
    value: Annotated[str, r"\w*"]


@dataclass(frozen=True)
class ChooseLanguage(Callback):
    """Choose a language under /language."""

    prefix = "lang"
    user: Requester
    language: Language


@dataclass(frozen=True)
class Forget(Callback):
    """Delete everything about the user."""

    prefix = "forget"
    user: Requester


@dataclass(frozen=True)
class Keep(Callback):
    """Do not delete it after all."""

    prefix = "keep"
    user: Requester

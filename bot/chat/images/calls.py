"""The calls that the chat sends to its decoding children: which functions there are, and how they are written.

A frame is the length of its body (4 bytes, big-endian) and its body, MessagePack. Nothing is pickled: a picture may
have taken over the process that answers, so answers are decoded strictly, into the types that the functions promise.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, Generic, TypeVar

import msgspec

from bot.chat.images import advice, edits, timelapse
from bot.chat.images.ballot_sheet import ballot_sheet
from bot.chat.images.check import check, size_of
from bot.chat.images.drawn_mask import mask_of

MAX_BODY = 1 << 28
"""Most bytes in the body of a frame: a few large pictures."""

R = TypeVar("R")

_LENGTH = struct.Struct(">I")


class Call(msgspec.Struct, frozen=True, array_like=True):
    """To a child: call a function.

    Attributes:
        function: Its name in FUNCTIONS.
        arguments: Files, numbers, and lists of them.
    """

    function: str
    arguments: list[Any]


class Done(msgspec.Struct, Generic[R], frozen=True, tag=True, forbid_unknown_fields=True):
    """From a child: what the function has returned."""

    value: R


class Refused(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """From a child: the function has raised a BadPictureError."""

    name: str
    values: dict[str, str | int]


class Lost(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """From a child: the process in which the function ran has ended without an answer."""

    reason: str


def name_of(function: Callable[..., Any]) -> str:
    """Return the name by which a function is called: `edits.sticker`."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        name_of(function): function
        for function in (
            check, size_of, mask_of, ballot_sheet, advice.look, timelapse.look,
            edits.as_photo, edits.as_preview, edits.blends, edits.cropped, edits.denoised, edits.enlarged,
            edits.gallery, edits.gentler_faces, edits.side_by_side, edits.sticker,
        )
    }
)  # fmt: skip
"""Every function that decodes pictures for the chat."""


def frame(body: bytes) -> bytes:
    """Return a body as it is written to a pipe."""
    return _LENGTH.pack(len(body)) + body


def read_body(source: BinaryIO) -> bytes:
    """Read the body of the next frame.

    Args:
        source: A blocking file that reads as many bytes as it is asked for, fewer only at its end.

    Raises:
        EOFError: The file ended, or something else than a frame was written to it.
    """
    head = source.read(_LENGTH.size)
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else MAX_BODY + 1
    body = source.read(length) if length <= MAX_BODY else b""
    if len(body) != length:
        raise EOFError
    return body

"""The frames that the worker exchanges with its engine child, and receives from its download child.

A frame is a zero byte, the length of its body (4 bytes, big-endian) and its body: one of the structs below as
MessagePack, with its name as the tag. Printed text contains no zero byte, so a stray print on the pipe is an error as
soon as five bytes of it have arrived; the reader never waits for the length that it seems to announce.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any, BinaryIO, Literal, TypeAlias, TypeVar

import msgspec

from bot.storage.models import Kind, Quality, Recipe

MAX_BODY = 1 << 28
"""Most bytes in the body of a frame: a few large pictures."""

Reason = Literal[
    "start",  # the model cannot be loaded with these settings
    "image",  # a picture cannot be decoded
    "memory",  # the device has too little memory
    "options",  # the engine refuses the recipe
    "stopped",  # the worker asked for it
    "engine",  # any other error that the engine knows
    "broken",  # an error that the engine does not know: the child ends after it
]

_HEAD = struct.Struct(">BI")


class ProtocolError(Exception):
    """The bytes on the pipe are no frame, or a frame is too large."""


class _Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=str.lower):
    """What all frames have in common: strictly decoded, and told apart by their names."""


class Paint(_Frame, frozen=True):
    """To the child: paint a picture, or a contact sheet.

    Attributes:
        content, styles: Image files.
        start: An image file to continue from; None: begin anew.
        mask: An image file, white where the picture is painted; None: everywhere.
        recipe: How it is painted.
        kind: Picture or contact sheet.
        sketch: Whether the first coarse scale is shown as a sketch.
    """

    content: bytes
    styles: list[bytes]
    start: bytes | None
    mask: bytes | None
    recipe: Recipe
    kind: Kind
    sketch: bool


class Stop(_Frame, frozen=True):
    """To the child: stop painting. `keep`: send the picture as it is now, as a `Result`."""

    keep: bool


class Loading(_Frame, frozen=True):
    """From either child: it downloads the weights. Bytes so far, and in all where the server tells it."""

    received: int
    total: int | None


class Fetched(_Frame, frozen=True):
    """From the download child: the full weights are on this computer, and in order."""


class Ready(_Frame, frozen=True):
    """From the child: the model is loaded.

    Attributes:
        device: As the engine names it.
        weights: Their name.
        note: What an operator should know of them, or empty.
        kind: What devices of one speed have in common.
        forecast: How long it expects pictures to take.
        others: Devices of this host that `auto` stands for too, for other children.
        memory: Of its device, bytes in use and in all; see `engine.device_memory`.
    """

    device: str
    weights: str
    note: str
    kind: str = ""
    forecast: dict[Quality, dict[int, float]] = {}
    others: tuple[str, ...] = ()
    memory: tuple[int, int] = (0, 0)


class Progress(_Frame, frozen=True):
    """From the child: how far the picture is.

    Attributes:
        fraction: Of the work, 0..1.
        seconds_left: The engine's estimate, in seconds.
        sketched: No sketch will come any more: it is done, or there is none.
        preview: The picture as it is now, as JPEG; None in most frames.
        memory: As in `Ready`.
    """

    fraction: float
    seconds_left: float | None
    sketched: bool
    preview: bytes | None
    memory: tuple[int, int] = (0, 0)


class Result(_Frame, frozen=True):
    """From the child: the picture as JPEG, its timelapse as MP4 if there is one, and the engine's report."""

    report: dict[str, Any]
    picture: bytes
    timelapse: bytes | None


class Failed(_Frame, frozen=True):
    """From the child: there will be no picture, or no model."""

    reason: Reason
    message: str


ToChild: TypeAlias = Paint | Stop
FromChild: TypeAlias = Loading | Fetched | Ready | Progress | Result | Failed
F = TypeVar("F")

_encoder = msgspec.msgpack.Encoder()
_to_child: msgspec.msgpack.Decoder[ToChild] = msgspec.msgpack.Decoder(ToChild)
_from_child: msgspec.msgpack.Decoder[FromChild] = msgspec.msgpack.Decoder(FromChild)


def encode(frame: ToChild | FromChild) -> bytearray:
    """Return the frame as it is written to the pipe.

    Raises:
        ProtocolError: It is too large.
    """
    data = bytearray(_HEAD.size)
    _encoder.encode_into(frame, data, _HEAD.size)  # behind the head: the pictures are copied only once
    length = len(data) - _HEAD.size
    if length > MAX_BODY:
        raise ProtocolError(f"A {type(frame).__name__} frame of {length} bytes is too large.")
    _HEAD.pack_into(data, 0, 0, length)
    return data


def read_frame(source: BinaryIO) -> ToChild:
    """Read the next frame in the child.

    Args:
        source: A blocking file that reads as many bytes as it is asked for, fewer only at its end.

    Raises:
        EOFError: The file ended, before a frame or within one.
        ProtocolError: The bytes are no frame.
    """

    def read(size: int) -> bytes:
        data = source.read(size)
        if len(data) < size:
            raise EOFError
        return data

    return _decode(_to_child, read(_body_length(read(_HEAD.size))))


async def receive_frame(source: asyncio.StreamReader) -> FromChild:
    """Receive the next frame from the child.

    Raises:
        EOFError: The stream ended, before a frame or within one.
        ProtocolError: The bytes are no frame.
    """
    head = await source.readexactly(_HEAD.size)
    return _decode(_from_child, await source.readexactly(_body_length(head)))


def _body_length(head: bytes) -> int:
    zero, length = _HEAD.unpack(head)
    if zero or length > MAX_BODY:
        raise ProtocolError(f"A frame does not begin with {head!r}: something else was written to the pipe.")
    return int(length)


def _decode(decoder: msgspec.msgpack.Decoder[F], body: bytes) -> F:
    try:
        return decoder.decode(body)
    except ValueError as error:  # msgspec's own errors, and UnicodeDecodeError
        raise ProtocolError(f"The body of a frame is damaged: {error}.") from error

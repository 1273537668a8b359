"""The frames that the owner and its engine child exchange over the child's stdin and stdout.

A frame is a length (4 bytes), a JSON header of that length, and the binary parts that the header announces.
A length has to be small, so its first byte is 0: a stray print on the pipe is an error at once, never a hang.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

KINDS: dict[str, tuple[set[str], int]] = {  # what each frame carries, and how many parts at least
    # to the child
    "paint": ({"recipe", "kind", "sketch", "start", "mask"}, 2),  # content, styles, and what `start` and `mask` promise
    "stop": ({"keep"}, 0),  # keep: hand in the picture as it is
    # to the owner
    "ready": ({"device", "weights", "note"}, 0),
    "progress": ({"fraction", "seconds_left", "sketched"}, 0),  # preview, now and then
    "result": ({"report"}, 1),  # picture, and a timelapse if there is one
    "failed": ({"reason", "message"}, 0),  # reason: start, image, memory, options, stopped, engine or broken
}
MAX_HEADER = 1 << 20
MAX_PARTS = 1 << 28  # bytes of all parts together

_LENGTH = struct.Struct(">I")


class WireError(Exception):
    """What came over the pipe is no frame."""


@dataclass(frozen=True)
class Frame:
    """One message: what it is, its plain values and its pictures."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)
    parts: tuple[bytes, ...] = ()


def encode(frame: Frame) -> bytes:
    """Return the frame as it goes over the pipe."""
    sizes = [len(part) for part in frame.parts]
    header = json.dumps({"kind": frame.kind, "fields": frame.fields, "sizes": sizes}).encode()
    if len(header) > MAX_HEADER or sum(sizes) > MAX_PARTS:
        raise WireError(f"A {frame.kind} frame of {len(header)} + {sum(sizes)} bytes is too large.")
    return b"".join((_LENGTH.pack(len(header)), header, *frame.parts))


def read_frame(source: BinaryIO) -> Frame:
    """Read one frame from a blocking file; EOFError at its end."""
    decoder = _decoder()
    wanted = next(decoder)
    while True:
        data = source.read(wanted)
        if len(data) < wanted:
            raise EOFError
        try:
            wanted = decoder.send(data)
        except StopIteration as end:
            frame: Frame = end.value
            return frame


async def receive_frame(source: asyncio.StreamReader) -> Frame:
    """Read one frame from a stream; EOFError at its end."""
    decoder = _decoder()
    wanted = next(decoder)
    while True:
        data = await source.readexactly(wanted)
        try:
            wanted = decoder.send(data)
        except StopIteration as end:
            frame: Frame = end.value
            return frame


def _decoder() -> Generator[int, bytes, Frame]:
    """Ask for so many bytes, be sent them, and so on; return the frame."""
    (length,) = _LENGTH.unpack((yield _LENGTH.size))
    if length > MAX_HEADER:
        raise WireError(f"A header of {length} bytes cannot be: something else was written to the pipe.")
    kind, fields, sizes = _header((yield length))
    parts = []
    for size in sizes:
        parts.append((yield size))  # noqa: PERF401 - a comprehension cannot yield
    return Frame(kind, fields, tuple(parts))


def _header(data: bytes) -> tuple[str, dict[str, Any], list[int]]:
    try:
        match json.loads(data):
            case {"kind": str(kind), "fields": dict(fields), "sizes": list(sizes)} if _possible(kind, fields, sizes):
                return kind, fields, sizes
    except ValueError:
        pass
    raise WireError("The header of a frame is damaged.")


def _possible(kind: str, fields: dict[str, Any], sizes: list[Any]) -> bool:
    names, parts = KINDS.get(kind, ({""}, 0))
    whole = fields.keys() == names and len(sizes) >= parts
    return whole and all(type(size) is int and size >= 0 for size in sizes) and sum(sizes) <= MAX_PARTS

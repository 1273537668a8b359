"""The frames between the worker and its engine child."""

from __future__ import annotations

import asyncio
import io
import struct
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.models import Recipe
from bot.worker import protocol
from bot.worker.protocol import (
    MAX_BODY,
    FromChild,
    Paint,
    Progress,
    ProtocolError,
    Ready,
    Result,
    Stop,
    ToChild,
    encode,
    read_frame,
    receive_frame,
)

PAINT = Paint(
    content=b"cat", styles=[b"glass"], start=None, mask=b"sky", recipe=Recipe("fine", 500), kind="picture", sketch=True
)
PROGRESS = Progress(fraction=0.5, seconds_left=None, sketched=True, preview=b"preview")
VALUES = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.lists(st.booleans())


async def _receive(data: bytes | bytearray) -> FromChild:
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    return await receive_frame(stream)


@given(st.binary(), st.lists(st.binary(), min_size=1), st.none() | st.binary())
def test_a_request_arrives_as_it_was_sent(content: bytes, styles: list[bytes], mask: bytes | None) -> None:
    """Whatever bytes are in it; and the next frame begins where it ends."""
    frames: list[ToChild] = [
        msgspec.structs.replace(PAINT, content=content, styles=styles, mask=mask),
        Stop(keep=True),
        PAINT,
    ]
    source = io.BytesIO(b"".join(encode(frame) for frame in frames))
    assert [read_frame(source), read_frame(source), read_frame(source)] == frames


@given(st.binary(), st.none() | st.binary(min_size=1), st.dictionaries(st.text(), VALUES))
def test_a_result_arrives_as_it_was_sent(picture: bytes, timelapse: bytes | None, report: dict[str, Any]) -> None:
    """Whatever bytes and values are in it."""
    frame = Result(report=report, picture=picture, timelapse=timelapse)
    assert asyncio.run(_receive(encode(frame))) == frame


@pytest.mark.parametrize("cut", range(len(encode(PROGRESS))))
async def test_progress_cut_short_is_the_end(cut: int) -> None:
    """Wherever the child dies, the worker sees the end and does not wait for the rest."""
    with pytest.raises(EOFError):
        await _receive(encode(PROGRESS)[:cut])


@pytest.mark.parametrize("cut", range(len(encode(PAINT))))
def test_a_request_cut_short_is_the_end(cut: int) -> None:
    """Wherever the worker dies, the child sees the end and does not wait for the rest."""
    with pytest.raises(EOFError):
        read_frame(io.BytesIO(encode(PAINT)[:cut]))


def _framed(body: object) -> bytes:
    data = body if isinstance(body, bytes) else msgspec.msgpack.encode(body)
    return struct.pack(">BI", 0, len(data)) + data


@pytest.mark.parametrize(
    "data",
    [
        b"Downloading weights...\n",
        b"\n\n\n\n\n",
        struct.pack(">BI", 0, MAX_BODY + 1),
        struct.pack(">BI", 1, 1),
        _framed(b""),
        _framed(b"\xff\xfe"),
        _framed(b"{"),
        _framed([1]),
        _framed({"keep": True}),
        _framed({"type": "sing"}),
        _framed(b"\x81\xa4type\xa4\xff\xff\xff\xff"),
        _framed(b"\x82\xa4type\xa6result\xa7picture\xc6\xff\xff\xff\xff"),  # announces 4 GB that do not come
        _framed(b"\x82\xa4type\xa5paint\xa6styles\xdd\xff\xff\xff\xff"),
        _framed({"type": "stop"}),
        _framed({"type": "stop", "keep": 1}),
        _framed({"type": "stop", "keep": True, "more": 1}),
        _framed(msgspec.msgpack.encode(Stop(keep=True)) + b"x"),
        _framed({"type": "result", "report": {}, "timelapse": None}),
        _framed({"type": "result", "report": [], "picture": b"", "timelapse": None}),
        _framed({"type": "progress", "fraction": 1}),
        _framed({"type": "failed", "reason": "tired", "message": ""}),
        _framed({**msgspec.to_builtins(PAINT, builtin_types=(bytes,)), "kind": "song"}),
        _framed({**msgspec.to_builtins(PAINT, builtin_types=(bytes,)), "recipe": {"strokes": "none"}}),
    ],
)
async def test_nonsense_is_an_error_and_never_a_hang(data: bytes) -> None:
    """What is no frame is refused before anything of the size that it announces is awaited or kept."""
    with pytest.raises(ProtocolError):
        read_frame(io.BytesIO(data))
    with pytest.raises(ProtocolError):
        await _receive(data)


@given(st.data())
def test_a_damaged_frame_is_an_error_or_another_frame(data: st.DataObject) -> None:
    """Whichever byte of it is changed, to whatever: the reader raises nothing else."""
    frame = encode(PAINT)
    frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ProtocolError, EOFError):
        assert isinstance(read_frame(io.BytesIO(frame)), Paint | Stop)


async def test_each_side_reads_only_what_the_other_may_send() -> None:
    """A child asks for no picture, and a worker reports none."""
    with pytest.raises(ProtocolError):
        await _receive(encode(PAINT))
    with pytest.raises(ProtocolError):
        read_frame(io.BytesIO(encode(Ready(device="cpu", weights="builtin", note=""))))


def test_a_frame_too_large_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for the sender too."""
    monkeypatch.setattr(protocol, "MAX_BODY", 1000)
    encode(Result(report={}, picture=bytes(900), timelapse=None))
    with pytest.raises(ProtocolError, match="too large"):
        encode(Result(report={}, picture=bytes(1000), timelapse=None))
    with pytest.raises(ProtocolError, match="too large"):
        encode(Result(report={"x": "y" * 1000}, picture=b"", timelapse=None))

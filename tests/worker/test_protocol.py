"""The frames between owner and child."""

from __future__ import annotations

import asyncio
import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.worker.protocol import MAX_HEADER, MAX_PARTS, Frame, WireError, encode, read_frame, receive_frame

PROGRESS = Frame("progress", {"fraction": 0.5, "seconds_left": None, "sketched": True}, (b"preview",))


async def _receive(data: bytes) -> Frame:
    stream = asyncio.StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    return await receive_frame(stream)


@given(st.binary(), st.binary(min_size=1), st.dictionaries(st.text(), st.integers() | st.text()))
def test_a_frame_arrives_as_it_was_sent(first: bytes, second: bytes, report: dict[str, int | str]) -> None:
    """Whatever bytes and values are in it, on both ends, and the next frame begins where it ends."""
    frames = [Frame("result", {"report": report}, (first, second)), Frame("stop", {"keep": True})]
    source = io.BytesIO(b"".join(map(encode, frames)))
    assert [read_frame(source), read_frame(source)] == frames
    assert asyncio.run(_receive(encode(frames[0]))) == frames[0]


@pytest.mark.parametrize("cut", range(len(encode(PROGRESS))))
async def test_a_frame_cut_short_is_the_end(cut: int) -> None:
    """Wherever the other side dies, the reader sees the end and does not wait for the rest."""
    data = encode(PROGRESS)[:cut]
    with pytest.raises(EOFError):
        read_frame(io.BytesIO(data))
    with pytest.raises(EOFError):
        await _receive(data)


def _framed(header: object) -> bytes:
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">I", len(data)) + data


@pytest.mark.parametrize(
    "data",
    [
        b"Downloading weights...\n",
        struct.pack(">I", MAX_HEADER + 1),
        _framed(b"\xff\xfe"),
        _framed(b"{"),
        _framed([1]),
        _framed({"kind": "stop"}),
        _framed({"kind": "sing", "fields": {}, "sizes": []}),
        _framed({"kind": "stop", "fields": {"keep": False}, "sizes": [-1]}),
        _framed({"kind": "stop", "fields": {"keep": False}, "sizes": [True]}),
        _framed({"kind": "stop", "fields": {"keep": False}, "sizes": [MAX_PARTS, 1]}),
        _framed({"kind": "result", "fields": {"report": {}}, "sizes": []}),
        _framed({"kind": "progress", "fields": {"fraction": 1}, "sizes": []}),
    ],
)
async def test_nonsense_is_an_error_and_never_a_hang(data: bytes) -> None:
    """What is no frame is refused before anything of the size that it claims is awaited or kept."""
    with pytest.raises(WireError):
        read_frame(io.BytesIO(data))
    with pytest.raises(WireError):
        await _receive(data)


def test_a_frame_too_large_is_not_sent() -> None:
    """The limits hold for the sender too."""
    with pytest.raises(WireError, match="too large"):
        encode(Frame("result", {"report": {"x": "y" * MAX_HEADER}}, (b"",)))

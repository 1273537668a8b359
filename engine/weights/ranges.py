"""The convolutions alone, 80 of 575 MB, by HTTP ranges.

No hash of a part of the file is published, so the parts are checked by what is known of them:

- They come over HTTPS, from the server that publishes the file (loopback is the exception, for tests).
- The size of the file is the published one, and what its head describes fills it to the last byte.
- Each answer is the range that was asked for, of the version of the file that the first answer named (ETag).
- Before the values of each tensor stands their number, as the head has it; names and shapes are VGG19's.
- The values are finite, their spread is that of trained filters, and nearly none is exactly zero: bytes that are
  missing, doubled, displaced by no multiple of four or in another order give other values.
- The first kernel is the one that has been printed in public.

This shows that what the server has was received whole and understood rightly. It does not show that every value is the
published one: only the hash of the whole file does. So where any of this fails, the whole file is downloaded.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
from numpy.typing import NDArray

from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.weights.legacy import COUNT_BYTES, Layout, Storage, UnknownFormatError, read_layout
from engine.weights.source import Source
from engine.weights.transfer import OnDownload, persist

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_HEAD_BYTES = 1 << 16  # the head of the published file has about 4,100
_ROUNDS = 2  # the second, where the file has changed meanwhile, or what an earlier run left behind is damaged
_SPREAD = 1e-3, 1.0  # standard deviation of a convolution's weights; the Oxford VGG19's have 0.01 to 0.19
_MOST_ZEROS = 0.01  # of a convolution's weights; trained ones have none
_LARGEST = 100.0  # of any value; trained ones stay below 1, the builtin ones below 4


class RangesUnusableError(Exception):
    """The convolutions cannot be downloaded alone, or not be trusted; the message says why."""


class _StartAgainError(Exception):
    """What has been received is of no use; the next round may do better."""


@dataclass(frozen=True)
class _Version:
    """The version of the file on the server: where it is, its ETag, its size in bytes."""

    url: str
    etag: str
    size: int


def receive_convolutions(
    client: httpx.Client, source: Source, on_download: OnDownload
) -> dict[str, NDArray[np.float32]]:
    """Download the convolutions, continuing an earlier download, and check them.

    Returns:
        `features.N.weight` (out, in, 3, 3) and `features.N.bias` (out), from conv1_1 on.

    Raises:
        RangesUnusableError: The server has no such ranges, or a check failed.
        WeightsError: The connection failed.
        OSError: The folder cannot be written.
    """
    for _ in range(_ROUNDS):
        version, head = persist(lambda: _receive_head(client, source.url))
        layout = _understand(head, version, source)
        part = part_of(source, version.etag)
        for other in set(source.folder.glob(f"{source.kept.stem}.*.ranges")) - {part}:
            other.unlink()  # of an earlier version of the file
        storages = sorted({layout.storages[name] for name in _names(layout)}, key=lambda storage: storage.start)
        try:
            persist(lambda: _append(client, version, storages, part, on_download))  # noqa: B023
            return _read(part.read_bytes(), storages, layout, source)
        except _StartAgainError as error:
            part.unlink()
            reason = str(error)
    raise RangesUnusableError(reason)


def part_of(source: Source, etag: str) -> Path:
    """Return the file of what has been received of one version of the file."""
    return source.folder / f"{source.kept.stem}.{hashlib.sha256(etag.encode()).hexdigest()[:12]}.ranges"


def _receive_head(client: httpx.Client, url: str) -> tuple[_Version, bytes]:
    headers = {"Range": f"bytes=0-{_HEAD_BYTES - 1}"}
    with client.stream("GET", url, headers=headers) as response:
        total = _range_of(response)[2]
        etag = response.headers.get("ETag", "")
        if not etag.startswith('"'):
            raise RangesUnusableError("the server does not name the version of the file")
        return _Version(url, etag, total), _exactly(response, 0, min(_HEAD_BYTES, total))


def _understand(head: bytes, version: _Version, source: Source) -> Layout:
    """Return the layout of the file, checked against its size and against VGG19."""
    try:
        layout = read_layout(head)
    except UnknownFormatError as error:
        raise RangesUnusableError(f"the file is of another kind: {error}") from error
    if layout.size != version.size or (source.published and source.published.size != version.size):
        raise RangesUnusableError(f"the file has {version.size} bytes, and should have another size")
    names = _names(layout)
    shapes = {
        f"features.{index}.{part}": shape
        for layer, index in CONVOLUTIONS.items()
        for inputs, outputs in (CHANNELS[layer],)
        for part, shape in (("weight", (outputs, inputs, 3, 3)), ("bias", (outputs,)))
    }
    if not names or names != list(shapes)[: len(names)] or any(layout.shapes[name] != shapes[name] for name in names):
        raise RangesUnusableError("the file holds other layers than VGG19's from conv1_1 on")
    return layout


def _names(layout: Layout) -> list[str]:
    """The convolutions' tensors that the file holds, in network order."""
    wanted = (f"features.{index}.{part}" for index in CONVOLUTIONS.values() for part in ("weight", "bias"))
    return [name for name in wanted if name in layout.storages]


def _append(
    client: httpx.Client, version: _Version, storages: Sequence[Storage], part: Path, on_download: OnDownload
) -> None:
    """Receive what `part` still lacks of the storages, which it holds one behind the other."""
    total = sum(storage.stop - storage.start for storage in storages)
    with part.open("ab") as file:
        for start, stop in _missing(storages, file.tell()):
            headers = {"Range": f"bytes={start}-{stop - 1}", "If-Range": version.etag}
            with client.stream("GET", version.url, headers=headers) as response:
                if response.headers.get("ETag", version.etag) != version.etag:
                    raise _StartAgainError("the file changes on the server")
                if _range_of(response) != (start, stop, version.size):
                    raise RangesUnusableError("the server answers with another range than was asked for")
                for chunk in _chunks(response, stop - start):
                    file.write(chunk)
                    on_download(file.tell(), total)


def _missing(storages: Sequence[Storage], held: int) -> Iterator[tuple[int, int]]:
    """Yield start and stop of the ranges behind the bytes that are held; neighbours are one range."""
    gaps = [0, *(number for number, (one, other) in enumerate(pairwise(storages), 1) if one.stop != other.start)]
    for first, behind in pairwise([*gaps, len(storages)]):
        start, stop = storages[first].start, storages[behind - 1].stop
        skipped = min(held, stop - start)
        held -= skipped
        if start + skipped < stop:
            yield start + skipped, stop


def _range_of(response: httpx.Response) -> tuple[int, int, int]:
    """Start and stop of the range that a response brings, and the size of the file."""
    if response.url.scheme != "https" and response.url.host not in _LOOPBACK:
        raise RangesUnusableError("the connection is not encrypted, so that only the hash of the whole file counts")
    if response.status_code != httpx.codes.PARTIAL_CONTENT:
        raise RangesUnusableError(f"the server gives no ranges (HTTP {response.status_code})")
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", response.headers.get("Content-Range", ""))
    if found is None or response.headers.get("Content-Encoding", "identity") != "identity":
        raise RangesUnusableError("the server does not say which range it gives")
    first, last, total = map(int, found.groups())
    return first, last + 1, total


def _exactly(response: httpx.Response, start: int, stop: int) -> bytes:
    if _range_of(response)[:2] != (start, stop):
        raise RangesUnusableError("the server answers with another range than was asked for")
    return b"".join(_chunks(response, stop - start))


def _chunks(response: httpx.Response, size: int) -> Iterator[bytes]:
    """Yield the bytes of a response, which are so many.

    Raises:
        httpx.TransportError: They are fewer.
    """
    for chunk in response.iter_raw():
        size -= len(chunk)
        if size < 0:
            raise RangesUnusableError("the server sends more than was asked for")
        yield chunk
    if size:
        raise httpx.RemoteProtocolError("The answer ended early.")


def _read(data: bytes, storages: Sequence[Storage], layout: Layout, source: Source) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of the storages that stand one behind the other in `data`, checked.

    Raises:
        _StartAgainError: They are not what the head of the file announces, or not plausible.
    """
    position, values = 0, dict[Storage, NDArray[np.float32]]()
    if len(data) != sum(storage.stop - storage.start for storage in storages):
        raise _StartAgainError("what was received has another size than it should")
    for storage in storages:
        if int.from_bytes(data[position : position + COUNT_BYTES], "little") != storage.count:
            raise _StartAgainError("the values do not lie where the head of the file has them")
        values[storage] = np.frombuffer(data, "<f4", storage.count, position + COUNT_BYTES).astype(np.float32)
        position += storage.stop - storage.start
    arrays = {name: values[layout.storages[name]].reshape(layout.shapes[name]) for name in _names(layout)}
    if odd := next((name for name, array in arrays.items() if not _plausible(array)), None):
        raise _StartAgainError(f"{odd} does not look like trained filters")
    if source.published and not np.allclose(
        arrays["features.0.weight"].ravel()[:9], source.published.first_kernel, rtol=1e-4, atol=0
    ):
        raise _StartAgainError("the first kernel is another one than the published")
    return arrays


def _plausible(values: NDArray[np.float32]) -> bool:
    """Whether values are like those of trained filters, or of biases, which have one dimension."""
    if not np.isfinite(values).all() or np.abs(values).max() > _LARGEST:
        return False
    least, most = _SPREAD
    return values.ndim == 1 or (least < values.std() < most and (values == 0).mean() < _MOST_ZEROS)

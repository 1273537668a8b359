"""The whole file of weights, checked by its hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import numpy as np
from numpy.typing import NDArray

from engine.errors import WeightsError
from engine.weights.source import Source
from engine.weights.transfer import OnDownload, persist


def receive_whole(client: httpx.Client, source: Source, on_download: OnDownload) -> dict[str, NDArray[np.float32]]:
    """Download the whole file, continuing an earlier download, verify its hash, and return its convolutions.

    It loads torch to read the file, once that is the published one.

    Raises:
        WeightsError: The connection failed, the server refuses, or the file has another hash.
        OSError: The folder cannot be written.
    """
    part = whole_part(source)
    resumed = part.is_file()
    if not (resumed and _hash_matches(part, source)):
        persist(lambda: _receive(client, source.url, part, on_download))
    if not _hash_matches(part, source):
        part.unlink()
        if not resumed:
            raise WeightsError("The downloaded weights are not the published file (wrong hash); try again later.")
        return receive_whole(client, source, on_download)  # the part of an earlier download may have been damaged
    from engine.weights.files import read_weights

    return {name: tensor.numpy() for name, tensor in read_weights(part).items()}


def whole_part(source: Source) -> Path:
    """Return the file of what has been received of the whole file."""
    return source.folder / f"{source.kept.stem}.part"


def _receive(client: httpx.Client, url: str, part: Path, on_download: OnDownload) -> None:
    """Append to `part` what one connection delivers."""
    received = part.stat().st_size if part.exists() else 0
    with client.stream("GET", url, headers={"Range": f"bytes={received}-"} if received else {}) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # `part` is complete, or too long; its hash is verified later
        if response.is_error:
            raise WeightsError(
                f"The pretrained weights cannot be downloaded (HTTP {response.status_code}); use builtin or a file."
            )
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            received = 0  # the server sends the whole file
        elif not response.headers.get("Content-Range", "").startswith(f"bytes {received}-"):
            part.unlink()  # so that the next connection asks for no range
            raise httpx.RemoteProtocolError("The server answers with another range than was asked for.")
        length = response.headers.get("Content-Length", "")
        total = received + int(length) if length.isdigit() else None
        with part.open("r+b" if received else "wb") as file:
            file.seek(received)
            for chunk in response.iter_raw():  # unbuffered, so that a broken connection loses nothing
                file.write(chunk)
                on_download(file.tell(), total)


def _hash_matches(part: Path, source: Source) -> bool:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(source.sha256)

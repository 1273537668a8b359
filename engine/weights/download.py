"""torchvision's VGG19 weights: downloaded once, checked, cut to the convolution layers, cached."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from safetensors.torch import save

from engine.errors import WeightsError
from engine.weights.files import read_weights

OnDownload = Callable[[int, int | None], None]
"""Told of a download: bytes held, and bytes in all where the server says so."""

ATTEMPTS = 3
"""Connections tried, each going on where the last one broke off."""

# A machine without a network must learn so quickly; a slow one may take its time.
_TIMEOUT = httpx.Timeout(30.0, connect=3.0)

logger = logging.getLogger(__name__)


def default_cache() -> Path:
    """VITRAGE_CACHE, else `vitrage` in the user's cache directory (XDG)."""
    if own := os.environ.get("VITRAGE_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vitrage"


def fetch(cache_dir: Path | None = None, url: str | None = None, on_download: OnDownload | None = None) -> Path:
    """The cached weights, downloaded first where need be.

    Args:
        cache_dir: Where they are kept; None: `default_cache()`.
        url: A `.pth` file whose name carries the start of its SHA-256 (`vgg19-dcbb9e9d.pth`); None: torchvision's.
        on_download: Told of the download as it grows.

    Returns:
        A safetensors file of the convolution layers, 80 MB.

    Raises:
        WeightsError: No network, no such file, no room, or not the file that was promised.
    """
    url = url or _torchvision_url()
    name = Path(httpx.URL(url).path).stem
    folder = cache_dir or default_cache()
    cached, part = folder / f"{name}.safetensors", folder / f"{name}.part"
    if cached.is_file():
        return cached
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f"{name}.lock"):
            if not cached.is_file():  # another process may have been faster
                _download(url, part, on_download or (lambda *_: None))
                _cut(part, cached)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            for half in (part, cached.with_suffix(".new")):
                half.unlink(missing_ok=True)  # they take the room that the user is about to look for
            raise WeightsError(f"The disk is full: free 700 MB in {folder} or set VITRAGE_CACHE.") from error
        raise WeightsError(f"The weights cannot be kept in {folder} ({error.strerror}); set VITRAGE_CACHE.") from error
    return cached


def _torchvision_url() -> str:
    from torchvision.models import VGG19_Weights

    return str(VGG19_Weights.IMAGENET1K_V1.url)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock among processes: two writers of one download would spoil it."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # released with the file, also by a process that dies
        yield


def _download(url: str, part: Path, on_download: OnDownload) -> None:
    """Bring the whole file to `part`, going on where an earlier download broke off, and check it."""
    logger.info("downloading %s", url)
    resumed = part.exists()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _receive(url, part, on_download)
            break
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise WeightsError(
                "The pretrained weights cannot be downloaded (no connection); try again online, or use builtin."
            ) from error
        except httpx.HTTPError as error:
            if attempt == ATTEMPTS:
                raise WeightsError("The download of the weights broke off; run it again to go on.") from error
    if _matches(part, url):
        return
    part.unlink()
    if not resumed:
        raise WeightsError("The downloaded weights are not the published file (wrong hash); try again later.")
    _download(url, part, on_download)  # what was left of an earlier download may have been spoilt


def _receive(url: str, part: Path, on_download: OnDownload) -> None:
    held = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={held}-", "Accept-Encoding": "identity"} if held else {"Accept-Encoding": "identity"}
    with httpx.stream("GET", url, headers=headers, timeout=_TIMEOUT, follow_redirects=True) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # nothing is left to fetch; the hash tells whether it is right
        if response.is_error:
            raise WeightsError(
                f"The pretrained weights cannot be downloaded (HTTP {response.status_code}); use builtin or a file."
            )
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            held = 0  # the server sends the whole file
        length = response.headers.get("Content-Length", "")
        total = held + int(length) if length.isdigit() else None
        with part.open("r+b" if held else "wb") as file:
            file.seek(held)
            for chunk in response.iter_raw():  # unbuffered: what has arrived counts, whatever comes next
                file.write(chunk)
                on_download(file.tell(), total)


def _matches(part: Path, url: str) -> bool:
    """Whether the file has the hash whose start its name carries."""
    promised = re.search(r"-([0-9a-f]{8,64})\.", Path(httpx.URL(url).path).name)
    if promised is None:
        raise WeightsError(f"The name of {url} carries no hash to check it by; give the path of a file instead.")
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(promised[1])


def _cut(part: Path, cached: Path) -> None:
    """Keep the convolution layers, 80 of 575 MB; a reader sees the whole file or none."""
    fresh = cached.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(save(read_weights(part)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(cached)
    part.unlink()

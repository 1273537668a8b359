"""torchvision's VGG19 weights: downloaded once, verified, reduced to the convolution layers, and cached."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path

import httpx
from filelock import FileLock
from platformdirs import user_cache_path
from safetensors.torch import save

from engine.errors import WeightsError
from engine.weights.files import read_weights

OnDownload = Callable[[int, int | None], None]
"""Called during a download with the bytes so far, and the total if the server tells it."""

ATTEMPTS = 3
"""Connections that are tried; each continues where the one before broke off."""

# Short for connecting, so that a machine without a network falls back quickly; long for a slow download.
_TIMEOUT = httpx.Timeout(30.0, connect=3.0)

logger = logging.getLogger(__name__)


def default_cache() -> Path:
    """The folder of downloaded weights: VITRAGE_CACHE if it is set, else `vitrage` in the user's cache folder.

    On Linux the user's cache folder is XDG_CACHE_HOME, else `~/.cache`.
    """
    if configured := os.environ.get("VITRAGE_CACHE"):
        return Path(configured)
    return user_cache_path("vitrage", appauthor=False)


def fetch(cache_dir: Path | None = None, url: str | None = None, on_download: OnDownload | None = None) -> Path:
    """Return the path of the cached weights; they are downloaded first where they are not cached.

    Args:
        cache_dir: The folder of downloaded weights; None: `default_cache()`.
        url: A `.pth` file whose name contains the start of its SHA-256 (`vgg19-dcbb9e9d.pth`); None: torchvision's.
        on_download: Called during the download.

    Returns:
        A safetensors file of the convolution layers, 80 MB.

    Raises:
        WeightsError: There is no network, no such file, no space on the disk, or the file has another hash.
    """
    url = url or _torchvision_url()
    name = Path(httpx.URL(url).path).stem
    folder = cache_dir or default_cache()
    cached, part = folder / f"{name}.safetensors", folder / f"{name}.part"
    if cached.is_file():
        return cached
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{name}.lock"):  # two processes must not write one download
            if not cached.is_file():  # another process may have been faster
                _download(url, part, on_download or (lambda *_: None))
                _keep_convolutions(part, cached)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            for incomplete in (part, cached.with_suffix(".new")):
                incomplete.unlink(missing_ok=True)  # they occupy the space that the user needs
            raise WeightsError(f"The disk is full: free 700 MB in {folder} or set VITRAGE_CACHE.") from error
        raise WeightsError(f"The weights cannot be kept in {folder} ({error.strerror}); set VITRAGE_CACHE.") from error
    return cached


def _torchvision_url() -> str:
    from torchvision.models import VGG19_Weights

    return str(VGG19_Weights.IMAGENET1K_V1.url)


def _download(url: str, part: Path, on_download: OnDownload) -> None:
    """Download the whole file to `part`, continuing an earlier download, and verify its hash."""
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
    if _hash_matches(part, url):
        return
    part.unlink()
    if not resumed:
        raise WeightsError("The downloaded weights are not the published file (wrong hash); try again later.")
    _download(url, part, on_download)  # the part of an earlier download may have been damaged


def _receive(url: str, part: Path, on_download: OnDownload) -> None:
    """Append to `part` what one connection delivers."""
    received = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={received}-"} if received else {})
    with httpx.stream("GET", url, headers=headers, timeout=_TIMEOUT, follow_redirects=True) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # `part` is complete; its hash is verified later
        if response.is_error:
            raise WeightsError(
                f"The pretrained weights cannot be downloaded (HTTP {response.status_code}); use builtin or a file."
            )
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            received = 0  # the server sends the whole file
        length = response.headers.get("Content-Length", "")
        total = received + int(length) if length.isdigit() else None
        with part.open("r+b" if received else "wb") as file:
            file.seek(received)
            for chunk in response.iter_raw():  # unbuffered, so that a broken connection loses nothing
                file.write(chunk)
                on_download(file.tell(), total)


def _hash_matches(part: Path, url: str) -> bool:
    """Whether the file's SHA-256 begins with the digits in its name."""
    expected = re.search(r"-([0-9a-f]{8,64})\.", Path(httpx.URL(url).path).name)
    if expected is None:
        raise WeightsError(f"The name of {url} carries no hash to check it by; give the path of a file instead.")
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(expected[1])


def _keep_convolutions(part: Path, cached: Path) -> None:
    """Write the convolution layers, 80 of 575 MB, to `cached`, in one atomic step, and delete `part`."""
    fresh = cached.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(save(read_weights(part)))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(cached)
    part.unlink()

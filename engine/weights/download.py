"""torchvision's VGG19 weights: downloaded once, checked, and kept as the convolutions alone. It needs no torch."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import WeightsError
from engine.weights.kept import keep
from engine.weights.ranges import RangesUnusableError, receive_convolutions
from engine.weights.source import Source, source
from engine.weights.transfer import OnDownload, client
from engine.weights.whole import receive_whole

logger = logging.getLogger(__name__)


def fetch(cache_dir: Path | None = None, url: str | None = None, on_download: OnDownload | None = None) -> Path:
    """Return the path of the weights on this computer; they are downloaded first where they are not there.

    Where the server gives ranges, only the convolutions are downloaded, 80 of 575 MB. One process at a time downloads;
    another one waits for it.

    Args:
        cache_dir: The folder of downloaded weights; None: see `engine.weights.source`.
        url: A `.pth` file whose name contains the start of its SHA-256 (`vgg19-dcbb9e9d.pth`); None: likewise.
        on_download: Called during the download.

    Returns:
        A safetensors file of the convolution layers, 80 MB.

    Raises:
        WeightsError: There is no network, no such file, no space on the disk, or the file is not the published one.
    """
    wanted = source(cache_dir, url)
    if wanted.kept.is_file():
        return wanted.kept
    _ = wanted.sha256  # a file that cannot be checked is not downloaded at all
    with _written_errors(wanted), FileLock(_lock_of(wanted)):
        if not wanted.kept.is_file():  # another process may have been faster
            _download(wanted, on_download or (lambda *_: None))
    return wanted.kept


def delete(wanted: Source) -> list[Path]:
    """Delete what is kept of the weights, and what has been received of them; return the deleted files.

    Raises:
        WeightsError: They are being downloaded, or cannot be deleted.
    """
    if not wanted.folder.is_dir():
        return []
    try:
        with _written_errors(wanted), FileLock(_lock_of(wanted), timeout=0):
            files = [file for file in (wanted.kept, *_incomplete(wanted)) if file.exists()]
            for file in files:
                file.unlink()
            return files
    except Timeout:
        raise WeightsError("The weights are being downloaded by another process; end it first.") from None


def _download(wanted: Source, on_download: OnDownload) -> None:
    logger.info("downloading %s", wanted.url)
    with client() as connection:
        try:
            keep(receive_convolutions(connection, wanted, on_download), wanted.kept, "ranges")
        except RangesUnusableError as reason:
            logger.info("the whole file is downloaded, for %s", reason)
            keep(receive_whole(connection, wanted, on_download), wanted.kept, "sha256")
    for part in _incomplete(wanted):
        part.unlink(missing_ok=True)


def _incomplete(wanted: Source) -> list[Path]:
    """The files that a download leaves behind where it does not come to its end."""
    stem = wanted.kept.stem
    return [*wanted.folder.glob(f"{stem}.*.ranges"), *(wanted.folder / f"{stem}{end}" for end in (".part", ".new"))]


def _lock_of(wanted: Source) -> Path:
    return wanted.folder / f"{wanted.kept.stem}.lock"


@contextmanager
def _written_errors(wanted: Source) -> Iterator[None]:
    """Make the folder; say in one sentence why it cannot be used."""
    try:
        wanted.folder.mkdir(parents=True, exist_ok=True)
        yield
    except Timeout:
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            for incomplete in _incomplete(wanted):
                incomplete.unlink(missing_ok=True)  # they occupy the space that the user needs
            raise WeightsError(
                f"The disk is full: free 200 MB in {wanted.folder} (700 MB where the server gives no ranges), "
                "or set VITRAGE_CACHE."
            ) from error
        raise WeightsError(
            f"The weights cannot be kept in {wanted.folder} ({error.strerror}); set VITRAGE_CACHE."
        ) from error

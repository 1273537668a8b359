"""Nothing is said while pictures are read: what decoders remark on odd metadata decides nothing here."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import threading
import warnings
from typing import Any

from PIL import _imaging

_LOGGER = logging.getLogger("PIL")


class Silence:
    """Drops Python's warnings and Pillow's log lines while any thread is inside.

    Both belong to the whole process: the first thread that comes silences them, the last that goes gives them back.
    `warnings.catch_warnings` alone leaves the filters changed when two threads overlap.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._level = logging.NOTSET
        self._filters: warnings.catch_warnings[Any] = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.simplefilter("ignore")
                self._level = _LOGGER.level
                _LOGGER.setLevel(logging.CRITICAL + 1)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._filters.__exit__(None, None, None)
                _LOGGER.setLevel(self._level)


def silence_libtiff() -> None:
    """Keep libtiff from writing to standard error, which it does past Pillow; it still reports errors to Pillow."""
    with contextlib.suppress(OSError, AttributeError):  # where libtiff's functions cannot be found, it goes on
        library = ctypes.CDLL(_imaging.__file__)
        for setter in (library.TIFFSetErrorHandler, library.TIFFSetWarningHandler):
            setter.restype = ctypes.c_void_p
            setter(None)


SILENCE = Silence()

"""What both ways of downloading share: patience with connections, and one sentence for each failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import httpx

from engine.errors import WeightsError

T = TypeVar("T")

OnDownload = Callable[[int, int | None], None]
"""Called during a download with the bytes so far, and the total if the server tells it."""

ATTEMPTS = 3
"""Connections that are tried for one step; each continues where the one before broke off."""

# Short for connecting, so that a machine without a network is told quickly; long for a slow download.
_TIMEOUT = httpx.Timeout(30.0, connect=3.0)


def client() -> httpx.Client:
    """Return a client that receives files as they are."""
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=True, headers={"Accept-Encoding": "identity"})


def persist(step: Callable[[], T]) -> T:
    """Repeat a step whose connection breaks off, and return what it gives.

    Raises:
        WeightsError: There is no connection, or it broke off at every attempt.
    """
    for _ in range(ATTEMPTS):
        try:
            return step()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise WeightsError(
                "The pretrained weights cannot be downloaded (no connection); try again online, or use builtin."
            ) from error
        except httpx.TransportError as error:
            broken = error
    raise WeightsError("The download of the weights broke off; run it again to go on.") from broken

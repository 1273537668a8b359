"""An HTTP server in the event loop of the program."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

GRACE = 3  # seconds for requests in progress once the program stops


class AddressError(Exception):
    """An address cannot be listened to; the message says what to do."""


class _Server(uvicorn.Server):
    """A uvicorn server that leaves the signals to the program."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int, setting: str) -> socket.socket:
    """Return a listening socket.

    Args:
        host: An address of this machine.
        port: 0 takes a free one.
        setting: The name of the setting that says both.

    Raises:
        AddressError: the address is in use, or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise AddressError(
            f"{setting}={host}:{port} cannot be used ({error.strerror}): choose another port or address."
        ) from None
    return listening


async def serve(app: ASGIApp, listening: socket.socket, stop: asyncio.Event) -> None:
    """Answer until `stop` is set."""
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        await stop.wait()
    finally:
        server.should_exit = True
        await serving

"""The process that serves the voting page on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from engine.errors import EngineError

HOST = "127.0.0.1"
STOP_SECONDS = 1


class Server(uvicorn.Server):
    """A uvicorn server that ends well on SIGINT and SIGTERM; uvicorn would raise the signal once more."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on the signals while the server runs."""
        loop = asyncio.get_running_loop()

        def stop(*_: object) -> None:
            loop.call_soon_threadsafe(setattr, self, "should_exit", True)

        previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


def serve(app: ASGIApp, port: int, ready: Callable[[str], None]) -> None:
    """Serve on loopback until SIGINT or SIGTERM.

    Args:
        app: The application.
        port: To listen on; 0 takes a free one.
        ready: Is told the address once it answers to connections.

    Raises:
        EngineError: The port is in use or not allowed.
    """
    with listen(port) as listening:
        ready(f"http://{HOST}:{listening.getsockname()[1]}")
        asyncio.run(server(app).serve(sockets=[listening]))


def listen(port: int) -> socket.socket:
    """Return a listening socket on loopback.

    Raises:
        EngineError: The port is in use or not allowed.
    """
    # asyncio disables Nagle's algorithm only for sockets that name the protocol.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise EngineError(f"The page cannot listen on port {port}: {error.strerror}. Choose another --port.") from None
    listening.listen(64)
    return listening


def server(app: ASGIApp) -> Server:
    """Return a server of the application, which is given a socket when it starts."""
    return Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            ws="none",
            lifespan="off",
        )
    )

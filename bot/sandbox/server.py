"""The server process: a listening socket, uvicorn, and a stop that does not wait for open polls."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from bot.sandbox.app import create_app
from bot.sandbox.state.snapshot import capture, load, save, write
from bot.sandbox.state.world import World

STOP_SECONDS = 1
# Telegram keeps idle connections this long. With uvicorn's 5 seconds, clients would use connections that just closed.
KEEP_ALIVE_SECONDS = 75
SAVE_SECONDS = 5.0


class Server(uvicorn.Server):
    """A uvicorn server that answers open polls when it is told to stop."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self.world = world

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM. Unlike uvicorn, do not raise the signal again: the exit code is 0."""
        loop = asyncio.get_running_loop()

        def stop(*_: object) -> None:
            loop.call_soon_threadsafe(self.stop)

        previous = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def stop(self) -> None:
        """Answer the open polls and end."""
        self.world.close()
        self.should_exit = True


def _server(world: World, host: str, *, banner: str | None, samples: Path | None) -> Server:
    config = uvicorn.Config(
        create_app(world, host=host, banner=banner, samples=samples),
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        ws="none",
        lifespan="on",
    )
    return Server(config, world)


def _listen(host: str, port: int) -> tuple[socket.socket, str]:
    """Return a listening socket and its URL; `port` 0 takes a free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only for sockets that name the protocol. With it, answers come 40 ms late.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SystemExit(
            f"The sandbox cannot listen on {host}:{port}: {error.strerror}. Choose another port."
        ) from None
    listening.listen(256)
    url_host = f"[{host}]" if family == socket.AF_INET6 else host
    return listening, f"http://{url_host}:{listening.getsockname()[1]}"


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8081,
    state_file: Path | None = None,
    banner: str | None = None,
    samples: Path | None = None,
    world: World | None = None,
) -> None:
    """Run until SIGINT or SIGTERM.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        state_file: where the state is kept over restarts; without it, it is lost at the end.
        banner: a line on top of the chat page.
        samples: a folder of pictures that the chat page offers.
        world: the state to serve, instead of an empty one.

    Raises:
        SystemExit: the address is in use or not allowed.
    """
    world = world or World()
    if state_file is not None:
        load(world, state_file)
    listening, url = _listen(host, port)
    print(f"Sandbox: {url}", flush=True)  # noqa: T201 - the process that started this one reads the address here
    server = _server(world, host, banner=banner, samples=samples)
    asyncio.run(_serve(server, listening, state_file))


async def _serve(server: Server, listening: socket.socket, state_file: Path | None) -> None:
    if state_file is None:
        await server.serve(sockets=[listening])
        return
    saving = asyncio.create_task(_save_regularly(server.world, state_file))
    await server.serve(sockets=[listening])
    saving.cancel()
    await asyncio.wait([saving])
    save(server.world, state_file)


async def _save_regularly(world: World, state_file: Path) -> None:
    """Write the state file every few seconds, so that a killed process loses little."""
    saved = (-1, -1)
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        if (world.events.cursor, world.call_log.version) != saved:
            saved = (world.events.cursor, world.call_log.version)
            await asyncio.to_thread(write, state_file, capture(world), world.files.described())


@asynccontextmanager
async def running(
    world: World | None = None, *, host: str = "127.0.0.1", samples: Path | None = None
) -> AsyncIterator[str]:
    """Run a sandbox in this event loop on a free port, for tests; yields its URL."""
    world = world or World()
    listening, url = _listen(host, 0)
    server = _server(world, host, banner=None, samples=samples)
    # serve() would also handle the signals of the process that the test runs in.
    task = asyncio.create_task(server._serve([listening]))
    try:
        yield url
    finally:
        server.stop()
        await task

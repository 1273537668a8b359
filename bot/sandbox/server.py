"""The server process: a socket, uvicorn, and a stop that waits for nobody."""

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
KEEP_ALIVE = 75  # as Telegram's own front: uvicorn's 5 seconds would cut connections that clients still trust


class Server(uvicorn.Server):
    """uvicorn that lets open polls go when it is told to stop."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self.world = world

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM and end with success: being stopped is no failure."""
        loop = asyncio.get_running_loop()
        handled = (signal.SIGINT, signal.SIGTERM)
        for number in handled:
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in handled:
                loop.remove_signal_handler(number)

    def stop(self) -> None:
        """Answer the open polls and end."""
        self.world.close()
        self.should_exit = True


def _server(world: World, host: str, *, banner: str | None, samples: Path | None) -> Server:
    app = create_app(world, host=host, banner=banner, samples=samples)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=STOP_SECONDS,
        ws="none",
        lifespan="off",
    )
    return Server(config, world)


def _listen(host: str, port: int) -> tuple[socket.socket, str]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it, every answer is 40 ms late
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
    shown = f"[{host}]" if family == socket.AF_INET6 else host
    return listening, f"http://{shown}:{listening.getsockname()[1]}"


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8081,
    state_file: Path | None = None,
    banner: str | None = None,
    samples: Path | None = None,
    world: World | None = None,
) -> None:
    """Run until SIGINT or SIGTERM; the first line printed is the address."""
    world = world or World()
    if state_file is not None:
        load(world, state_file)
    listening, url = _listen(host, port)
    print(f"Sandbox: {url}", flush=True)  # noqa: T201 - how whoever started the process learns the address
    server = _server(world, host, banner=banner, samples=samples)
    asyncio.run(_serve(server, listening, state_file))


async def _serve(server: Server, listening: socket.socket, state_file: Path | None) -> None:
    saving = asyncio.create_task(_save_now_and_then(server.world, state_file)) if state_file is not None else None
    server.world.start_webhooks()
    await server.serve(sockets=[listening])
    server.world.stop_webhooks()
    if saving is not None and state_file is not None:
        saving.cancel()
        await asyncio.wait([saving])
        save(server.world, state_file)


async def _save_now_and_then(world: World, state_file: Path, seconds: float = 5.0) -> None:
    """Keep the file fresh, so that even a killed process loses little."""
    saved = (-1, -1)
    while True:
        await asyncio.sleep(seconds)
        if (world.events.cursor, world.journal.version) != saved:
            saved = (world.events.cursor, world.journal.version)
            await asyncio.to_thread(write, state_file, capture(world), world.files.described())


@asynccontextmanager
async def running(
    world: World | None = None, *, host: str = "127.0.0.1", samples: Path | None = None
) -> AsyncIterator[str]:
    """A sandbox in this event loop on a free port, for tests: yields its URL."""
    world = world or World()
    listening, url = _listen(host, 0)
    server = _server(world, host, banner=None, samples=samples)
    task = asyncio.create_task(server._serve([listening]))  # serve() would take the signals of the host process
    try:
        yield url
    finally:
        server.stop()
        await task
        world.stop_webhooks()

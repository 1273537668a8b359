"""A real S3 server for tests, rclone's, on a temporary folder; and a line to it that can be disturbed."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sysconfig
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import obstore

from bot.storage.s3 import Bucket

KEY_ID, SECRET = "vitrage-tests", "a-secret-that-is-never-shown"
BUCKET = "pictures"

SLOW = 3.0
FAILURE = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def s3_server() -> Iterator[str]:
    """Run a server with one empty bucket during the block; yield its address."""
    rclone = Path(sysconfig.get_path("scripts")) / "rclone"
    with tempfile.TemporaryDirectory(prefix="vitrage-s3-") as folder:
        (Path(folder) / BUCKET).mkdir()
        command = [str(rclone), "serve", "s3", "--addr", "127.0.0.1:0", "--auth-key", f"{KEY_ID},{SECRET}", folder]
        with subprocess.Popen(
            [*command, "--config", "/dev/null"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as server:
            try:
                yield _address(server)
            finally:
                server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"Starting s3 server on \[(http://[\d.:]+)/\]", line):
            return found[1]
    raise AssertionError("rclone has ended")


def variables(address: str, secret: str = SECRET) -> dict[str, str]:
    """Return the environment by which a program finds the server."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": secret,
    }


async def objects(bucket: Bucket) -> set[str]:
    """Return the keys of all objects of a bucket's folder."""
    return {found["path"] async for page in obstore.list(bucket._objects) for found in page}


class Line:
    """The line to the server.

    Attributes:
        address: Where a program reaches the server by this line.
        state: `failing`: what is asked is answered by 500; `silent`: not at all; `slow`: after `SLOW` seconds.
        failures: How many requests were answered by 500.
    """

    def __init__(self, server: str) -> None:
        self.address = ""
        self.state = "good"
        self.failures = 0
        self._serving: set[asyncio.Task[Any]] = set()
        self._host, self._port = server.removeprefix("http://").split(":")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request of a connection, so that the next one finds the line as it is then."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            if self.state == "failing":
                self.failures += 1
                writer.write(FAILURE)
            elif self.state == "silent":
                await reader.read()
            else:
                await asyncio.sleep(SLOW if self.state == "slow" else 0)
                await self._pass_on(head, reader, writer)
            await writer.drain()
        await _closed(writer)
        self._serving.discard(task)

    async def hang_up(self) -> None:
        """End the connections that are left."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving)

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(self._host, int(self._port))
        try:
            to_server.write(head.removesuffix(b"\r\n") + b"Connection: close\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            to_server.write(await reader.readexactly(int(length[1]) if length else 0))
            while data := await from_server.read(65536):
                writer.write(data)
                await writer.drain()
        finally:
            await _closed(to_server)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@asynccontextmanager
async def line_to(server: str) -> AsyncIterator[Line]:
    """Give a line that is good at first."""
    line = Line(server)
    listening = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    line.address = "http://127.0.0.1:{1}".format(*listening.sockets[0].getsockname())
    async with listening:
        yield line
    await line.hang_up()

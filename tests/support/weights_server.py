"""A server of weights on loopback that can be made to fail in many ways."""

from __future__ import annotations

import hashlib
import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import torch
from torch import Tensor
from typing_extensions import override


def legacy_file(state: dict[str, Tensor]) -> bytes:
    """Return a file as torch wrote it before version 1.6, in which storages stand one behind the other."""
    file = io.BytesIO()
    torch.save(state, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


class WeightsServer(ThreadingHTTPServer):
    """Serves one file under any name, by ranges or whole.

    Attributes:
        body: The file.
        etag: Its version; empty: it names none.
        status: Of every answer, if it is an error.
        without_ranges: Whether it ignores ranges, as some proxies do.
        break_after: Bytes until the connection is cut, for each request in turn.
        before: Called before each answer with its number from 0; it may change any of this, or wait.
        shift: Added to the start in Content-Range.
        rewrite: Makes of the bytes of an answer by a range what is sent.
        ranges: What was asked for so far.
        sent: Bytes that were sent so far.
    """

    daemon_threads = True

    def __init__(self, body: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body = body
        self.etag = '"one"'
        self.status = 200
        self.without_ranges = False
        self.break_after: list[int] = []
        self.before: Callable[[int], None] = lambda _: None
        self.shift = 0
        self.rewrite: Callable[[bytes], bytes] = lambda data: data
        self.ranges: list[str | None] = []
        self.sent = 0

    def url(self, name: str | None = None) -> str:
        """The URL of a file with this name; by default with one that carries the hash of the file."""
        name = name or f"vgg19-{hashlib.sha256(self.body).hexdigest()[:8]}.pth"
        return f"http://127.0.0.1:{self.server_port}/models/{name}"


@contextmanager
def serving(body: bytes) -> Iterator[WeightsServer]:
    """Run a server during the block."""
    with WeightsServer(body) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: WeightsServer

    def do_GET(self) -> None:
        """Send the file, or the range of it that was asked for, or less if the server is to break off."""
        server = self.server
        server.before(len(server.ranges))
        server.ranges.append(self.headers.get("Range"))
        found = None if server.without_ranges else re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if server.status != 200:
            self.send_error(server.status)
        elif found is None or self.headers.get("If-Range", server.etag) != server.etag:
            self._send(200, server.body)
        elif int(found[1]) >= len(server.body):
            self.send_error(416)
        else:
            data = server.body[int(found[1]) : int(found[2]) + 1 if found[2] else None]
            first = int(found[1]) + server.shift
            span = f"bytes {first}-{first + len(data) - 1}/{len(server.body)}"
            self._send(206, server.rewrite(data), span)

    def _send(self, status: int, body: bytes, span: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if self.server.etag:
            self.send_header("ETag", self.server.etag)
        if span:
            self.send_header("Content-Range", span)
        self.end_headers()
        cut = self.server.break_after.pop(0) if self.server.break_after else len(body)
        self.server.sent += min(cut, len(body))  # before it is sent: who has received it may look at once
        self.wfile.write(body[:cut])

    @override
    def log_message(self, *_: Any) -> None:
        """Keep the tests' output quiet."""

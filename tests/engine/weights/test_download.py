"""The download of the pretrained weights, from a server on loopback that can be made to fail."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import engine
from engine.weights import download
from engine.weights.files import read_weights
from engine.weights.find import find_weights


class Server(ThreadingHTTPServer):
    """Serves one file, honours Range, and fails on demand."""

    def __init__(self, body: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = body
        self.break_after: list[int] = []  # bytes sent before the connection is cut, for each request in turn
        self.status = 200
        self.ranges: list[str | None] = []

    def url(self, name: str) -> str:
        """The URL of a file with this name."""
        return f"http://127.0.0.1:{self.server_port}/models/{name}"


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of the server."""

    server: Server

    def do_GET(self) -> None:
        """Send the file, or the requested range of it, or less if the server is to break off."""
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        if start >= len(self.server.body):
            self.send_error(416)
            return
        body = self.server.body[start:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = self.server.break_after.pop(0) if self.server.break_after else len(body)
        self.wfile.write(body[:cut])

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output quiet."""


@pytest.fixture
def server(random_state: dict[str, Tensor]) -> Iterator[Server]:
    file = io.BytesIO()
    torch.save(random_state | {"classifier.0.weight": torch.ones(500, 500)}, file)
    with Server(file.getvalue()) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def url(server: Server) -> str:
    return server.url(f"vgg19-{hashlib.sha256(server.body).hexdigest()[:8]}.pth")


def only_lock_in(folder: Path) -> bool:
    return [path.suffix for path in folder.iterdir()] == [".lock"]


def test_the_file_is_checked_cut_and_cached(
    server: Server, url: str, random_state: dict[str, Tensor], tmp_path: Path
) -> None:
    seen: list[tuple[int, int | None]] = []
    path = download.fetch(tmp_path, url, lambda held, total: seen.append((held, total)))
    state = read_weights(path)
    assert state.keys() == random_state.keys()
    assert all(torch.equal(state[key], random_state[key]) for key in state)
    assert seen[-1] == (len(server.body), len(server.body))
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".lock", ".safetensors"]
    assert download.fetch(tmp_path, url) == path
    assert len(server.ranges) == 1, "a cached file is not asked for again"


def test_a_broken_connection_goes_on_where_it_was(server: Server, url: str, tmp_path: Path) -> None:
    server.break_after = [1000, 5000]
    download.fetch(tmp_path, url)
    assert server.ranges == [None, "bytes=1000-", "bytes=6000-"]


def test_a_download_given_up_is_resumed_by_the_next_run(server: Server, url: str, tmp_path: Path) -> None:
    server.break_after = [100] * download.ATTEMPTS
    with pytest.raises(engine.WeightsError, match="broke off; run it again"):
        download.fetch(tmp_path, url)
    assert not list(tmp_path.glob("*.safetensors"))
    download.fetch(tmp_path, url)
    assert server.ranges[-1] == "bytes=300-"


def test_a_spoilt_rest_of_an_earlier_download_is_thrown_away(server: Server, url: str, tmp_path: Path) -> None:
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    (tmp_path / f"{name}.part").write_bytes(b"x" * 2000)
    assert read_weights(download.fetch(tmp_path, url))
    assert server.ranges == ["bytes=2000-", None]


def test_a_whole_download_left_behind_is_used(server: Server, url: str, tmp_path: Path) -> None:
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    (tmp_path / f"{name}.part").write_bytes(server.body)
    assert read_weights(download.fetch(tmp_path, url))


def test_a_corrupted_file_is_refused_and_not_kept(server: Server, url: str, tmp_path: Path) -> None:
    server.body = server.body[:-1] + b"?"
    with pytest.raises(engine.WeightsError, match="wrong hash"):
        download.fetch(tmp_path, url)
    assert only_lock_in(tmp_path)


@pytest.mark.parametrize("status", [404, 403, 500, 503])
def test_an_http_error_is_said_with_its_number(server: Server, url: str, status: int, tmp_path: Path) -> None:
    server.status = status
    with pytest.raises(engine.WeightsError, match=rf"HTTP {status}"):
        download.fetch(tmp_path, url)
    assert only_lock_in(tmp_path)


def test_a_full_disk_is_said_and_leaves_no_half_file(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills up while the reduced file is written."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(engine.WeightsError, match="disk is full: free 700 MB"):
        download.fetch(tmp_path, url)
    assert only_lock_in(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's ever full device")
def test_a_disk_that_is_full_from_the_start_is_said(url: str, tmp_path: Path) -> None:
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    (tmp_path / f"{name}.part").symlink_to("/dev/full")
    with pytest.raises(engine.WeightsError, match="disk is full"):
        download.fetch(tmp_path, url)


def test_a_cache_that_cannot_be_written_is_said(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(engine.WeightsError, match="cannot be kept"):
        download.fetch(tmp_path / "file" / "cache", url)


def test_without_a_server_pretrained_says_so_and_auto_is_builtin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/vgg19-00000000.pth"
    monkeypatch.setattr(download, "_torchvision_url", lambda: nobody)
    with pytest.raises(engine.WeightsError, match="no connection"):
        find_weights("pretrained", tmp_path)
    model = engine.load_model("auto", "cpu", cache_dir=tmp_path)
    assert model.weights == "builtin"
    assert "no connection" in model.note
    assert [record.levelname for record in caplog.records].count("WARNING") == 1


def test_a_name_without_a_hash_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(engine.WeightsError, match="carries no hash"):
        download.fetch(tmp_path, server.url("weights.pth"))


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VITRAGE_CACHE", str(tmp_path / "own"))
    assert download.default_cache() == tmp_path / "own"
    monkeypatch.delenv("VITRAGE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert download.default_cache() == tmp_path / "vitrage"

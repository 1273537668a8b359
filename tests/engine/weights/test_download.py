"""The download of the whole file of pretrained weights, from a server on loopback that can be made to fail.

Its file is of the newer kind, which cannot be read by ranges.
"""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest
import torch
from torch import Tensor

import engine
from engine.weights import source
from engine.weights.download import delete, fetch
from engine.weights.files import read_weights
from engine.weights.find import find_weights
from engine.weights.kept import verify
from engine.weights.transfer import ATTEMPTS
from tests.support.weights_server import WeightsServer

HEAD = f"bytes=0-{(1 << 16) - 1}"


@pytest.fixture
def server(zip_server: WeightsServer) -> WeightsServer:
    return zip_server


@pytest.fixture
def url(server: WeightsServer) -> str:
    return server.url()


def only_lock_in(folder: Path) -> bool:
    return [path.suffix for path in folder.iterdir()] == [".lock"]


def test_the_file_is_checked_cut_and_cached(
    server: WeightsServer, url: str, random_state: dict[str, Tensor], tmp_path: Path
) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch(tmp_path, url, lambda held, total: seen.append((held, total)))
    state = read_weights(path)
    assert state.keys() == random_state.keys()
    assert all(torch.equal(state[key], random_state[key]) for key in state)
    assert seen[-1] == (len(server.body), len(server.body))
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".lock", ".safetensors"]
    assert fetch(tmp_path, url) == path
    assert len(server.ranges) == 2, "a cached file is not asked for again"
    assert verify(path).check == "sha256"


def test_a_broken_connection_goes_on_where_it_was(server: WeightsServer, url: str, tmp_path: Path) -> None:
    server.break_after = [1 << 16, 1000, 5000]
    fetch(tmp_path, url)
    assert server.ranges == [HEAD, None, "bytes=1000-", "bytes=6000-"]


def test_a_download_given_up_is_resumed_by_the_next_run(server: WeightsServer, url: str, tmp_path: Path) -> None:
    server.break_after = [1 << 16, *[100] * ATTEMPTS]
    with pytest.raises(engine.WeightsError, match="broke off; run it again"):
        fetch(tmp_path, url)
    assert not list(tmp_path.glob("*.safetensors"))
    fetch(tmp_path, url)
    assert server.ranges[-1] == "bytes=300-"


def test_a_spoilt_rest_of_an_earlier_download_is_thrown_away(server: WeightsServer, url: str, tmp_path: Path) -> None:
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    (tmp_path / f"{name}.part").write_bytes(b"x" * 2000)
    assert read_weights(fetch(tmp_path, url))
    assert server.ranges == [HEAD, "bytes=2000-", None]


def test_a_whole_download_left_behind_is_used(server: WeightsServer, url: str, tmp_path: Path) -> None:
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    (tmp_path / f"{name}.part").write_bytes(server.body)
    assert read_weights(fetch(tmp_path, url))
    assert server.ranges == [HEAD], "it is not downloaded again"


def test_a_server_that_goes_on_elsewhere_is_asked_for_all(server: WeightsServer, url: str, tmp_path: Path) -> None:
    """A Content-Range that is wrong would put bytes where they do not belong."""
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    (tmp_path / f"{name}.part").write_bytes(server.body[:2000])
    server.shift = 1
    assert read_weights(fetch(tmp_path, url))
    assert server.ranges == [HEAD, "bytes=2000-", None]


def test_a_corrupted_file_is_refused_and_not_kept(server: WeightsServer, url: str, tmp_path: Path) -> None:
    server.body = server.body[:-1] + b"?"
    with pytest.raises(engine.WeightsError, match="wrong hash"):
        fetch(tmp_path, url)
    assert only_lock_in(tmp_path)


@pytest.mark.parametrize("status", [404, 403, 500, 503])
def test_an_http_error_is_said_with_its_number(server: WeightsServer, url: str, status: int, tmp_path: Path) -> None:
    server.status = status
    with pytest.raises(engine.WeightsError, match=rf"HTTP {status}"):
        fetch(tmp_path, url)
    assert only_lock_in(tmp_path)


def test_a_full_disk_is_said_and_leaves_no_half_file(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fills up while the reduced file is written."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(engine.WeightsError, match="700 MB where"):
        fetch(tmp_path, url)
    assert only_lock_in(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's ever full device")
def test_a_disk_that_is_full_from_the_start_is_said(url: str, tmp_path: Path) -> None:
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    (tmp_path / f"{name}.part").symlink_to("/dev/full")
    with pytest.raises(engine.WeightsError, match="disk is full"):
        fetch(tmp_path, url)


def test_a_cache_that_cannot_be_written_is_said(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(engine.WeightsError, match="cannot be kept"):
        fetch(tmp_path / "file" / "cache", url)


def test_without_a_server_pretrained_says_so(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/vgg19-00000000.pth"
    with pytest.raises(engine.WeightsError, match="no connection"):
        find_weights("pretrained", tmp_path, nobody)


def test_auto_waits_for_nothing(server: WeightsServer, url: str, tmp_path: Path) -> None:
    """It takes what is there, and says what would be better, and also that it is damaged."""
    model = engine.load_model("auto", "cpu", cache_dir=tmp_path, url=url)
    assert (model.weights, server.ranges) == ("builtin", [])
    assert "vitrage-engine weights --download" in model.note
    path = fetch(tmp_path, url)
    assert find_weights("auto", tmp_path, url).name == "pretrained"
    path.write_bytes(path.read_bytes()[:-1000])
    found = find_weights("auto", tmp_path, url)
    assert found.name == "builtin" and "damaged" in found.note


def test_what_is_deleted_is_gone(url: str, tmp_path: Path) -> None:
    fetch(tmp_path, url)
    name = url.rsplit("/", 1)[1].removesuffix(".pth")
    for rest in (f"{name}.0123.ranges", f"{name}.part", "other.safetensors"):
        (tmp_path / rest).touch()
    assert len(delete(source.source(tmp_path, url))) == 3
    assert {file.name for file in tmp_path.iterdir()} == {f"{name}.lock", "other.safetensors"}
    assert delete(source.source(tmp_path / "nowhere", url)) == []


def test_values_that_change_on_the_disk_are_noticed(url: str, tmp_path: Path) -> None:
    path = fetch(tmp_path, url)
    data = bytearray(path.read_bytes())
    data[-1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(engine.WeightsError, match="not those that were downloaded"):
        verify(path)


def test_a_name_without_a_hash_is_refused(server: WeightsServer, tmp_path: Path) -> None:
    with pytest.raises(engine.WeightsError, match="carries no hash"):
        fetch(tmp_path, server.url("weights.pth"))


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VITRAGE_CACHE", str(tmp_path / "own"))
    assert source.source().folder == tmp_path / "own"
    monkeypatch.delenv("VITRAGE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert source.source().folder == tmp_path / "vitrage"

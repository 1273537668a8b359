"""The convolutions alone, from a server on loopback that breaks off, changes the file, or answers wrongly."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor

import engine
from engine.weights import ranges, source
from engine.weights.download import fetch
from engine.weights.files import read_weights
from engine.weights.kept import verify
from engine.weights.source import Published
from engine.weights.transfer import ATTEMPTS
from tests.support.weights_server import WeightsServer, legacy_file, serving

State = dict[str, Tensor]
HEAD = f"bytes=0-{(1 << 16) - 1}"
WHOLE = None  # the range of a request that asks for none


def equals(path: Path, state: State) -> bool:
    held = read_weights(path)
    return held.keys() == state.keys() and all(torch.equal(held[name], state[name]) for name in state)


def test_only_the_convolutions_are_downloaded(server: WeightsServer, random_state: State, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    path = fetch(tmp_path, server.url(), lambda held, total: seen.append((held, total)))
    assert equals(path, random_state)
    wanted = sum(8 + 4 * part.numel() for part in random_state.values())
    assert seen[-1] == (wanted, wanted)
    assert wanted < server.sent < wanted + (1 << 16) + 1 < len(server.body) / 1.5
    assert server.ranges[0] == HEAD and WHOLE not in server.ranges
    assert verify(path).check == "ranges"
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".lock", ".safetensors"]
    asked = len(server.ranges)
    assert fetch(tmp_path, server.url()) == path
    assert len(server.ranges) == asked, "what is kept is not asked for again"


def test_no_torch_is_loaded(server: WeightsServer, tmp_path: Path) -> None:
    """So that the download takes little from the painter beside it."""
    code = (
        "import sys; from pathlib import Path; from engine.weights.download import fetch; "
        "fetch(Path(sys.argv[1]), sys.argv[2]); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path, server.url()], check=True)
    assert list(tmp_path.glob("*.safetensors"))


def test_a_broken_connection_goes_on_where_it_was(server: WeightsServer, random_state: State, tmp_path: Path) -> None:
    server.break_after = [1 << 16, 100, 50]
    assert equals(fetch(tmp_path, server.url()), random_state)
    first = next(span for span in server.ranges[1:] if span)
    start = int(first.removeprefix("bytes=").split("-")[0])
    assert server.ranges[2] == first.replace(str(start), str(start + 100), 1)


def test_a_download_given_up_is_resumed_by_the_next_run(
    server: WeightsServer, random_state: State, tmp_path: Path
) -> None:
    server.break_after = [1 << 16, *[10] * ATTEMPTS]
    with pytest.raises(engine.WeightsError, match="broke off; run it again"):
        fetch(tmp_path, server.url())
    assert [file.stat().st_size for file in tmp_path.glob("*.ranges")] == [10 * ATTEMPTS]
    before = server.sent
    assert equals(fetch(tmp_path, server.url()), random_state)
    wanted = sum(8 + 4 * part.numel() for part in random_state.values())
    assert server.sent - before == wanted - 10 * ATTEMPTS + min(1 << 16, len(server.body))


def test_a_file_that_changes_meanwhile_is_begun_again(
    server: WeightsServer, random_state: State, tmp_path: Path
) -> None:
    """The second version has other filters; nothing of the first is in the result."""
    url, changed = server.url(), random_state | {"features.0.bias": torch.linspace(-1, 1, 64)}

    def change(number: int) -> None:
        if number == 2:
            server.body, server.etag = legacy_file(changed | {"classifier.0.weight": torch.ones(9)}), '"two"'

    server.break_after = [1 << 16, 10]
    server.before = change
    assert equals(fetch(tmp_path, url), changed)
    assert server.ranges.count(HEAD) == 2


def test_what_an_earlier_run_left_of_another_version_is_not_used(
    server: WeightsServer, random_state: State, tmp_path: Path
) -> None:
    url = server.url()
    server.break_after = [1 << 16, *[10] * ATTEMPTS]
    with pytest.raises(engine.WeightsError, match="broke off"):
        fetch(tmp_path, url)
    server.etag = '"two"'
    assert equals(fetch(tmp_path, url), random_state)
    assert not list(tmp_path.glob("*.ranges"))


def test_a_damaged_rest_of_an_earlier_run_is_thrown_away(
    server: WeightsServer, random_state: State, tmp_path: Path
) -> None:
    url = server.url()
    part = ranges.part_of(source.source(tmp_path, url), server.etag)
    part.write_bytes(b"x" * 5000)
    assert equals(fetch(tmp_path, url), random_state)
    assert server.ranges.count(HEAD) == 2 and WHOLE not in server.ranges


@pytest.mark.parametrize(
    "change",
    [
        {"without_ranges": True},  # a proxy that ignores ranges answers 200
        {"etag": ""},  # nobody could tell whether the file has changed
        {"etag": 'W/"weak"'},
        {"shift": 8},  # a wrong Content-Range
        {"rewrite": lambda data: data[:-1] + b"??"},  # more than was asked for
        {"rewrite": bytes.swapcase},  # other values, within the range and the structure
        {"rewrite": lambda data: data if len(data) <= 1 << 16 else bytes(len(data))},  # a hole
    ],
    ids=["ignored", "no version", "weak version", "wrong range", "too much", "other bytes", "zeros"],
)
def test_what_ranges_cannot_show_the_hash_of_the_whole_file_decides(
    change: dict[str, object], server: WeightsServer, random_state: State, tmp_path: Path
) -> None:
    """The whole file is downloaded then, and it alone is used."""
    url = server.url()
    vars(server).update(change)
    path = fetch(tmp_path, url)
    assert equals(path, random_state)
    assert server.ranges[-1] == WHOLE
    assert verify(path).check == "sha256"
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".lock", ".safetensors"]


@pytest.mark.parametrize("status", [403, 416])
def test_refused_ranges_bring_the_whole_file(
    status: int, server: WeightsServer, random_state: State, tmp_path: Path
) -> None:
    url = server.url()
    server.before = lambda number: vars(server).update(status=200 if number else status)
    assert equals(fetch(tmp_path, url), random_state)
    assert server.ranges == [HEAD, WHOLE]


@pytest.mark.parametrize(
    ("name", "shape", "filled"),
    [
        ("features.2.weight", (64, 64, 3, 3), 0.0),  # no filter
        ("features.2.weight", (64, 64, 3, 3), float("nan")),
        ("features.2.bias", (64,), float("inf")),
        ("features.2.bias", (65,), 0.1),  # another network
    ],
)
def test_values_that_are_not_filters_are_not_kept(
    name: str, shape: tuple[int, ...], filled: float, random_state: State, tmp_path: Path
) -> None:
    """The ranges are refused, and then the whole file is what its name says, but of no use, or is refused too."""
    with serving(legacy_file(random_state | {name: torch.full(shape, filled)})) as server:
        if name == "features.2.weight" and filled == 0.0:
            assert verify(fetch(tmp_path, server.url())).check == "sha256"
        else:
            with pytest.raises(engine.WeightsError, match=r"not finite|wrong shape"):
                fetch(tmp_path, server.url())
        assert server.ranges[-1] == WHOLE


def test_a_truncated_file_is_refused(server: WeightsServer, tmp_path: Path) -> None:
    url = server.url()
    server.body = server.body[:-4]
    with pytest.raises(engine.WeightsError, match="wrong hash"):
        fetch(tmp_path, url)
    assert server.ranges == [HEAD, WHOLE], "nothing but the head is read by ranges"
    assert [file.suffix for file in tmp_path.iterdir()] == [".lock"]


def test_of_the_published_file_size_and_first_kernel_must_be_right(
    server: WeightsServer, random_state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_hash = hashlib.sha256(server.body).hexdigest()

    def check_of(folder: str, size: int, first: tuple[float, ...]) -> str:
        monkeypatch.setattr(source, "PUBLISHED", {"vgg19-x.pth": Published(size, whole_hash, first)})
        return verify(fetch(tmp_path / folder, server.url("vgg19-x.pth"))).check

    printed = tuple(float(f"{value:.4e}") for value in random_state["features.0.weight"].ravel()[:9].tolist())
    assert check_of("right", len(server.body), printed) == "ranges"
    assert check_of("size", len(server.body) + 4, printed) == "sha256"
    assert check_of("kernel", len(server.body), tuple(-value for value in printed)) == "sha256"


def test_only_an_encrypted_connection_is_believed(
    server: WeightsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the whole file is downloaded, whose hash needs no belief."""
    monkeypatch.setattr(ranges, "_LOOPBACK", ())
    assert verify(fetch(tmp_path, server.url())).check == "sha256"
    assert server.ranges == [HEAD, WHOLE]


def test_a_full_disk_is_said_and_leaves_no_half_file(
    server: WeightsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up while the file is written that is kept."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(engine.WeightsError, match="disk is full: free 200 MB"):
        fetch(tmp_path, server.url())
    assert [file.suffix for file in tmp_path.iterdir()] == [".lock"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's ever full device")
def test_a_disk_that_fills_up_during_the_download_is_said(server: WeightsServer, tmp_path: Path) -> None:
    url = server.url()
    ranges.part_of(source.source(tmp_path, url), server.etag).symlink_to("/dev/full")
    with pytest.raises(engine.WeightsError, match="disk is full"):
        fetch(tmp_path, url)


def test_two_downloads_at_once_are_one(server: WeightsServer, random_state: State, tmp_path: Path) -> None:
    """The second waits for the first, and then takes what it brought."""
    url, both_begun = server.url(), threading.Barrier(3)
    paths: list[Path] = []

    def download() -> None:
        both_begun.wait(20)
        paths.append(fetch(tmp_path, url))

    both = [threading.Thread(target=download) for _ in range(2)]
    for thread in both:
        thread.start()
    both_begun.wait(20)
    for thread in both:
        thread.join()
    assert len(paths) == 2 and equals(paths[0], random_state)
    assert server.ranges.count(HEAD) == 1

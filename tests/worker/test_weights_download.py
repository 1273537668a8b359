"""The full weights come in the background, by a real download child from a server on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import structlog
import torch

from bot.worker.engine_process import download_command
from bot.worker.weights_download import WeightsDownload
from tests.support.jobs import eventually
from tests.support.weights_server import WeightsServer, legacy_file, serving
from tests.support.worker_harness import is_alive


@pytest.fixture
def server() -> Iterator[WeightsServer]:
    """Serves the first convolution, which the engine itself would take."""
    values = torch.from_numpy(np.random.default_rng(1).normal(size=(64, 3, 3, 3)).astype("float32"))
    other = {f"classifier.{number}.weight": torch.ones(300, 300) for number in range(2)}
    with serving(
        legacy_file({"features.0.weight": values, "features.0.bias": values[:, 0, 0, 0].clone(), **other})
    ) as it:
        yield it


@asynccontextmanager
async def downloading(
    server: WeightsServer, folder: Path, *pauses: float
) -> AsyncIterator[tuple[WeightsDownload, asyncio.Event]]:
    """Run a download during the block; yields it, and what is set when the weights are here."""
    stop, here = asyncio.Event(), asyncio.Event()
    download = WeightsDownload(download_command(folder, server.url()), here.set, pauses)
    task = asyncio.create_task(download.run(stop))
    try:
        yield download, here
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await task


async def test_the_weights_come_and_are_announced(server: WeightsServer, tmp_path: Path) -> None:
    async with downloading(server, tmp_path) as (download, here):
        async with asyncio.timeout(60):
            await here.wait()
        assert (download.trouble, download.percent) == ("", None)
    [path] = files(tmp_path, "*.safetensors")
    asked = len(server.ranges)
    async with downloading(server, tmp_path) as (_, here), asyncio.timeout(60):
        await here.wait()
    assert len(server.ranges) == asked, "what is here is not downloaded again"
    path.write_bytes(path.read_bytes()[:-9])
    async with downloading(server, tmp_path) as (_, here), asyncio.timeout(60):
        await here.wait()
    assert len(server.ranges) > asked, "what is damaged is"


async def test_failures_are_tried_again_a_few_times_and_logged_once(server: WeightsServer, tmp_path: Path) -> None:
    """One line says the reason; the weights come as soon as the server gives them."""
    server.status = 503
    with structlog.testing.capture_logs() as lines:
        async with downloading(server, tmp_path, 0.01, 0.01) as (download, here), asyncio.timeout(90):
            await eventually(lambda: _true(len(server.ranges) >= 4), within=60)
            assert "HTTP 503" in download.trouble
            server.status = 200
            await here.wait()
            assert download.trouble == ""
    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["weights_not_downloaded"]


async def test_after_the_last_attempt_it_is_given_up(tmp_path: Path, server: WeightsServer) -> None:
    server.status = 404
    stop = asyncio.Event()
    download = WeightsDownload(download_command(tmp_path, server.url()), stop.set, [0.01])
    async with asyncio.timeout(60):
        await download.run(stop)
    assert not stop.is_set() and "HTTP 404" in download.trouble


async def test_a_stop_ends_the_download_and_the_next_start_goes_on(server: WeightsServer, tmp_path: Path) -> None:
    may_go_on = threading.Event()

    def hold(number: int) -> None:
        if number == 2:
            may_go_on.wait(60)

    server.before, server.break_after = hold, [1 << 20, 100]
    async with downloading(server, tmp_path):
        await eventually(lambda: _true(len(server.ranges) >= 2 and bool(files(tmp_path, "*.ranges"))), within=60)
        await eventually(lambda: _true(received(tmp_path) == 100), within=60)
    may_go_on.set()
    assert received(tmp_path) == 100
    server.before = lambda _: None
    async with downloading(server, tmp_path) as (_, here), asyncio.timeout(60):
        await here.wait()


async def test_the_child_ends_with_its_parent(server: WeightsServer, tmp_path: Path) -> None:
    """Also if the parent is killed, and while the server says nothing."""
    may_go_on = threading.Event()

    def hold(_: int) -> None:
        may_go_on.wait(60)

    server.before = hold
    command = download_command(tmp_path, server.url())
    start = f"child = subprocess.Popen({command!r}, stdin=-1, stdout=-1)"
    code = f"import subprocess, time; {start}; print(child.pid, flush=True); time.sleep(100)"
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    await eventually(lambda: _true(bool(files(tmp_path, "*.lock"))), within=60)
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await eventually(lambda: _true(not is_alive(child)), within=10)
    may_go_on.set()


def files(folder: Path, pattern: str) -> list[Path]:
    return list(folder.glob(pattern))


def received(folder: Path) -> int:
    """Return how many bytes of an unfinished download are on the disk."""
    return sum(part.stat().st_size for part in files(folder, "*.ranges"))


async def _true(value: bool) -> bool:
    return value

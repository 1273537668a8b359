"""The engine child with the real engine, on random weights, and the signals that it ignores."""

from __future__ import annotations

import io
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file

from bot.storage.models import JobError, Recipe, State
from bot.worker.engine_process import EngineProcess, engine_command
from tests.support.jobs import enqueue
from tests.support.worker_harness import WorkerHarness, is_alive, size_of

CHANNELS = {0: (3, 64), 2: (64, 64), 5: (64, 128)}  # VGG19's first convolutions, up to conv2_1
SMALL = Recipe("sketch", 64)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of random filters in VGG19's architecture."""
    torch.manual_seed(0)
    state = {}
    for layer, (before, after) in CHANNELS.items():
        state[f"features.{layer}.weight"] = torch.randn(after, before, 3, 3) * (2 / (9 * before)) ** 0.5
        state[f"features.{layer}.bias"] = torch.zeros(after)
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    save_file(state, path)
    return path


def photo(width: int, height: int, seed: int) -> bytes:
    """Return a blurred random picture as PNG."""
    pixels = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


def pixels(picture: bytes) -> NDArray[np.float64]:
    """Return the pixels of a picture at the size that the tests ask for."""
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB").resize((64, 40)), dtype=np.float64)


def environment_of(pid: int) -> str:
    """Return the variables that a process was started with (Linux)."""
    return Path(f"/proc/{pid}/environ").read_text()


def children() -> set[int]:
    """Return the process ids of our engine children."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"bot.worker.engine_child" in (process / "cmdline").read_bytes():
                found.add(int(process.name))
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
    return found


async def test_the_real_engine_paints(worker: WorkerHarness, weights: Path) -> None:
    """The result has the content's shape, start picture and mask are obeyed, a damaged file is refused."""
    # One thread is the quickest for pictures this small, also on a busy machine.
    worker.command = ["env", "OMP_NUM_THREADS=1", *engine_command("cpu", str(weights))]
    style = await worker.stores.blobs.put(photo(80, 80, 2))
    async with worker.working():
        asked = await enqueue(worker.stores, "u1", content=photo(96, 60, 1), styles=(style,), recipe=SMALL)
        job = await worker.ended(asked, within=60)
        assert (job.state, job.report["preset"], job.report["weights"]) == (State.RENDERED, "sketch", weights.name)
        assert job.result is not None
        assert size_of(await worker.stores.blobs.get(job.result)) == (64, 40)
        assert job.timelapse is not None
        assert (await worker.stores.blobs.get(job.timelapse))[4:8] == b"ftyp"  # MP4

        bigger = Recipe("standard", 96, strokes="large")
        changes = {"recipe": bigger, "styles": (style,), "start": job.result}
        job = await worker.ended(await enqueue(worker.stores, "on", content=photo(96, 60, 1), **changes), within=60)
        assert (job.state, job.report["init"], job.report["style_scale"]) == (State.RENDERED, "start", 2.0)
        assert job.result is not None
        assert size_of(await worker.stores.blobs.get(job.result)) == (96, 60)

        half = Image.new("L", (96, 60))
        half.paste(255, (0, 0, 40, 60))
        file = io.BytesIO()
        half.save(file, "PNG")
        part = {"recipe": SMALL, "styles": (style, style), "mask": await worker.stores.blobs.put(file.getvalue())}
        content = photo(96, 60, 1)
        job = await worker.ended(await enqueue(worker.stores, "part", content=content, **part), within=60)
        assert (job.state, job.report["masked"]) == (State.RENDERED, True)
        assert job.result is not None
        difference = np.abs(pixels(await worker.stores.blobs.get(job.result)) - pixels(content))
        assert difference[:, 32:].mean() < 3
        assert difference[:, :24].mean() > 15

        refused = await worker.ended(await enqueue(worker.stores, "u2", content=b"GIF89a, or so it says"))
        assert refused.error == JobError.BAD_IMAGE

        asked = await enqueue(worker.stores, "u3", content=photo(96, 60, 3), styles=(style,), recipe=SMALL)
        await worker.progressed(asked)
        [child] = children()
        os.kill(child, signal.SIGKILL)
        job = await worker.ended(asked, within=60)
        assert (job.state, job.attempt, job.deaths) == (State.RENDERED, 2, 1)
        last = children()
    assert not any(is_alive(pid) for pid in last | {child})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_to_the_process_group_are_left_to_the_parent(
    worker: WorkerHarness, number: signal.Signals
) -> None:
    """A child does not end at Ctrl-C, or at a service manager's stop, which reach the whole process group."""
    async with worker.working():
        job = await worker.ask(steps=30, pause=0.02)
        await worker.progressed(job)
        os.kill(worker.pids()[-1], number)
        ended = await worker.ended(job)
    assert (ended.state, ended.attempt) == (State.RENDERED, 1)


async def test_the_child_has_neither_the_token_nor_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads pictures of strangers."""
    monkeypatch.setenv("VITRAGE_TOKEN", "1000000002:AAEvitrage-test-token-0123456789abcdef")
    monkeypatch.setenv("VITRAGE_DATABASE", "postgresql://vitrage:password@127.0.0.1/vitrage")
    monkeypatch.setenv("VITRAGE_CACHE", "weights")
    child = await EngineProcess.start([sys.executable, "-c", "import sys; sys.stdin.read()"])
    try:
        inherited = environment_of(child.pid)
    finally:
        await child.close()
    assert "VITRAGE_CACHE=weights" in inherited
    assert "VITRAGE_TOKEN" not in inherited
    assert "VITRAGE_DATABASE" not in inherited

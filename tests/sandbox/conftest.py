"""A sandbox for each test: in the test's own loop, or as a real process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.sandbox.client import Chat, Person
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.chromium import chromium
from tests.support.sandbox_client import Api

TOKEN = "123456:" + "A" * 35


@pytest.fixture
def world() -> World:
    """The state behind the sandbox, for tests that need a small cap or look at memory."""
    return World()


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[str]:
    """The URL of a sandbox in this loop."""
    async with running(world) as url:
        yield url


@pytest.fixture
async def api(sandbox: str) -> AsyncIterator[Api]:
    """The Bot API as a bot calls it, without a library in between."""
    async with Api(sandbox, TOKEN) as client:
        yield client


@pytest.fixture
async def ann(sandbox: str) -> AsyncIterator[Person]:
    """A person."""
    async with Person(sandbox, "Ann") as person:
        yield person


@pytest.fixture
async def chat(api: Api, ann: Person) -> Chat:
    """A private chat that Ann has begun; the bot has no update of it left."""
    opened = await ann.open()
    await opened.send("hello")
    await api.silence()
    return opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium for one test, in its own loop."""
    async with chromium() as started:
        yield started


@contextmanager
def process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A sandbox as users start it; yields the process and its URL."""
    command = [sys.executable, "-m", "bot.sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            line = started.stdout.readline()
            assert line.startswith("Sandbox: "), started.stderr.read() if started.stderr else ""
            yield started, line.removeprefix("Sandbox: ").strip()
        finally:
            started.kill()


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, Path]:
    """Two photographs as files: a cat that scikit-image bundles, and stripes as a style."""
    import numpy as np
    from PIL import Image
    from skimage import data

    cat, style = tmp_path / "cat.png", tmp_path / "style.png"
    Image.fromarray(data.chelsea()).save(cat)
    ramp = np.indices((300, 400)).sum(axis=0) // 25 % 2 * 255
    Image.fromarray(np.stack([ramp, 255 - ramp, ramp // 2], axis=-1).astype("uint8")).save(style)
    return cat, style

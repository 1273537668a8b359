"""A sandbox for each test, in the event loop of the test, with a bot and a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.client import Chat, Client
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.sandbox_client import TOKEN, Api


@pytest.fixture
def calls_are_of_the_bot() -> bool:
    """These tests make calls themselves, also wrong ones; only the answers are checked."""
    return False


@pytest.fixture
def world() -> World:
    """The state of the sandbox, for tests that look at it or change it.

    Without flood limits: these tests send more at once than a bot may. The tests of the limits switch them on.
    """
    return World(limits=False)


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[str]:
    """The URL of a sandbox in the event loop of the test."""
    async with running(world) as url:
        yield url


@pytest.fixture
async def api(sandbox: str) -> AsyncIterator[Api]:
    """The bot, which calls the Bot API without a library."""
    async with Api(sandbox, TOKEN) as client:
        yield client


@pytest.fixture
async def ann(sandbox: str) -> AsyncIterator[Client]:
    """A person."""
    async with Client(sandbox, "Ann") as person:
        yield person


@pytest.fixture
async def chat(api: Api, ann: Client) -> Chat:
    """A private chat in which Ann has written; the bot has confirmed all updates."""
    opened = await ann.open()
    await opened.send("hello")
    await api.pending()
    return opened


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

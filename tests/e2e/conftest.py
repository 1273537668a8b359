"""The whole program, small photographs, and a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.async_api import Browser

from engine.drawing.glass import stained_glass
from tests.support.chromium import chromium
from tests.support.pictures import encoded
from tests.support.program import Program, until


@pytest.fixture(scope="session")
def cat() -> bytes:
    """A photograph, 240×100: its paintings are low, and so do not take long."""
    return encoded(Image.fromarray(skimage.data.chelsea()).resize((240, 100)), quality=92)


@pytest.fixture(scope="session")
def glass() -> bytes:
    """A style picture, 200×200."""
    return encoded(stained_glass().resize((200, 200)), quality=92)


@pytest.fixture(scope="session")
def photos(cat: bytes, glass: bytes) -> list[bytes]:
    """A content and a style."""
    return [cat, glass]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The running program, shared by all tests that do not disturb it: each test is a person of its own."""
    program = Program(tmp_path_factory.mktemp("program"))
    program.start_bot()
    until(lambda: "engine_ready" in program.logged(), "the engine can paint")
    yield program
    program.close()


@pytest.fixture
def own_program(tmp_path: Path) -> Iterator[Program]:
    """The program for one test, which may kill and restart its parts. The bot is not started yet."""
    program = Program(tmp_path)
    yield program
    program.close()


@pytest.fixture
def fake_program(tmp_path: Path) -> Iterator[Program]:
    """As `own_program`, with the fake engine: for tests of what happens around it."""
    program = Program(tmp_path, "fake")
    yield program
    program.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium for one test, in its event loop."""
    async with chromium() as started:
        yield started

"""A house for all tests that do no harm to it, and small real photographs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import skimage.data
from PIL import Image

from bot.demo.samples import stained_glass
from tests.support.program import House


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Return the bytes of a picture file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def cat() -> bytes:
    """A photograph, 240×160."""
    return encoded(Image.fromarray(skimage.data.chelsea()).resize((240, 160)), quality=92)


@pytest.fixture(scope="session")
def glass() -> bytes:
    """A style picture, 200×200."""
    return encoded(stained_glass().resize((200, 200)), quality=92)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running house that is shared: its tests use people of their own."""
    house = House(tmp_path_factory.mktemp("house"))
    house.start_bot()
    yield house
    house.close()


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    """A house for one test, which may do to it what it likes. The bot is not started yet."""
    house = House(tmp_path)
    yield house
    house.close()

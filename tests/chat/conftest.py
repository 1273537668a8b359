"""A stage for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.chat_harness import Stage, on_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The chat side on a sandbox, with the test as worker."""
    async with on_stage(tmp_path) as stage:
        yield stage

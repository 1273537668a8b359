"""The chat side at work for each test that needs it, with pauses that are short."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat import albums, rate_limiter
from bot.chat.commands import broadcast
from bot.chat.rate_limiter import Pace
from bot.chat.status import reporter
from tests.support.chat_harness import RunningChat, run_chat


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses that the bot makes for Telegram and for people; tests about a pause set their own."""
    monkeypatch.setattr(albums, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(broadcast, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(reporter, "EDIT_SECONDS", 0.1)
    monkeypatch.setattr(reporter, "GROUP_EDIT_SECONDS", 0.1)
    monkeypatch.setattr(reporter, "RETRY_SECONDS", 0.2)
    for pace in ("OVERALL", "CHAT", "GROUP"):
        monkeypatch.setattr(rate_limiter, pace, Pace(1000, 1.0))


@pytest.fixture
async def running_chat(tmp_path: Path) -> AsyncIterator[RunningChat]:
    """The chat side on a sandbox, with the test as worker."""
    async with run_chat(tmp_path) as running:
        yield running

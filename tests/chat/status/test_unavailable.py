"""What people are told while no painter is in service, or the store cannot be used."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from structlog.testing import capture_logs

from bot.chat.i18n import texts
from bot.chat.status.text import describe
from bot.sandbox.client import Client
from bot.storage.errors import StoreFailingError
from bot.storage.models import Job, State
from tests.support.chat_harness import RunningChat, request, run_chat
from tests.support.fakes import a_job
from tests.support.jobs import eventually

EN = texts("en")


@pytest.mark.parametrize("job", [a_job(), a_job(attempt=1)])
def test_a_picture_waits_while_no_painter_is_in_service(job: Job) -> None:
    """No place in the queue and no seconds are promised then."""
    assert describe(job, None, EN, waits=True) == EN("painter-away")
    assert describe(job, None, EN, waits=False) != EN("painter-away")


def test_a_picture_that_is_painted_does_not_wait() -> None:
    running = a_job(state=State.RUNNING, progress=0.5)
    assert describe(running, None, EN, waits=True) == describe(running, None, EN)


async def test_the_requester_learns_that_the_painter_is_away(tmp_path: Path) -> None:
    """And, in the same message, that it is back."""
    away = True
    async with run_chat(tmp_path, pictures_wait=lambda: away) as running, Client(running.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: message.text.startswith(EN("painter-away")))
        away = False
        await chat.wait(lambda message: message.id == status.id and message.text.startswith(EN("queued", ahead=0)))
        await running.finish(await running.claim())
        await running.settled()


async def test_jobs_that_cannot_be_read_are_told_about_later(
    running_chat: RunningChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails for a while ends neither the reports nor the bot."""
    deliveries = running_chat.stores.deliveries
    unsettled = deliveries.unsettled
    monkeypatch.setattr(deliveries, "unsettled", AsyncMock(side_effect=StoreFailingError("Input/output error")))
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        with capture_logs() as logs:
            await request(chat)

            async def warned() -> bool:
                return any(entry["event"] == "the jobs cannot be read" for entry in logs)

            await eventually(warned)
        monkeypatch.setattr(deliveries, "unsettled", unsettled)
        await chat.wait(lambda message: bool(message.buttons))
        await running_chat.finish(await running_chat.claim())
        await running_chat.settled()

"""A draft that cannot become a job is told, and let go of."""

from __future__ import annotations

import pytest

from bot.chat.errors import BadPictureError
from bot.chat.i18n import texts
from bot.sandbox.client import Client
from tests.support.chat_harness import RunningChat, picture

EN = texts("en")


async def test_a_draft_that_fails_does_not_make_the_next_photos_fail(
    running_chat: RunningChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something goes wrong while the job is queued: the user is told, and the next two photos are a job."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([picture()])
        await chat.wait(lambda message: message.text == EN("draft-content"))
        with monkeypatch.context() as patch:

            async def fail(*_: object) -> None:
                raise RuntimeError("no reason")

            patch.setattr("bot.chat.intake.drafts.in_child", fail)
            await chat.send_photos([picture(color="blue")])
            await chat.wait(lambda message: message.text == EN("broken"))
        await chat.send_photos([picture()])
        await chat.wait(lambda message: message.text == EN("draft-content"))
        second = await chat.send_photos([picture(color="lime")])
        job = await running_chat.claim()
        assert job.message_id < second[0].id
        assert len(job.styles) == 1


async def test_advice_that_fails_stops_no_request(running_chat: RunningChat, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is optional: the job is queued without it."""

    async def fail(*_: object) -> None:
        raise BadPictureError("bad-heavy")

    monkeypatch.setattr("bot.chat.intake.drafts.in_child", fail)
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([picture()])
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send_photos([picture(400, 400)])
        assert len((await running_chat.claim()).styles) == 1

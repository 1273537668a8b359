"""The live message while a job waits and is painted."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.chat.i18n import texts
from bot.chat.status import reporter
from bot.sandbox.client import Chat, Client
from tests.support.chat_harness import REPORT, Stage, painted, picture, request

EN = texts("en")
BOT = "vitrage_bot"


async def grouped(ann: Client) -> Chat:
    """A group of Ann's with the bot."""
    me = (await ann.call("GET", "/api/bots"))["bots"][0]["id"]
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Glaziers", "members": [me]})
    return ann.chat(made["key"])


async def test_stop_here_asks_for_the_picture_as_it_is(stage: Stage) -> None:
    """Offered once there is something to see; the worker hears of it."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await stage.claim()
        preview = await stage.stores.blobs.put(picture())
        assert await stage.stores.work.record_progress(job, 0.5, 20.0, preview)
        await chat.wait(lambda message: EN("button-stop") in str(message.buttons))
        assert (await chat.press(status, EN("button-stop"))).text == EN("stopping")
        found = await stage.stores.jobs.get(job.id)
        assert found is not None
        assert found.stop_asked
        await stage.finish(job)
        await chat.wait(lambda message: message.photo is not None and message.id != status.id)


async def test_the_wait_is_said_as_a_range(stage: Stage) -> None:
    """A place in the queue and two honest numbers."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await stage.finish(await stage.claim())  # takes a second, as the store learns
        await chat.wait(lambda message: message.photo is not None)
        await request(chat)
        waiting = await chat.wait(lambda message: bool(message.buttons))
        assert EN.range(1.0) in waiting.text


async def test_a_sketch_is_told_from_the_masterpiece(stage: Stage) -> None:
    """First that it comes, then that it is there and the picture follows in its place; and how long that takes."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await stage.claim()
        for progress, sketched, words in ((0.1, False, "sketching"), (0.3, True, "painting-over")):
            preview = await stage.stores.blobs.put(picture())
            assert await stage.stores.work.record_progress(job, progress, 45.0, preview, sketched=sketched)
            shown = await chat.wait(lambda message, words=words: EN(words) in message.text)  # type: ignore[misc]
            assert (shown.id, shown.photo is not None) == (status.id, True)
            assert EN.duration(45) in shown.text
            assert [button.style for button in shown.buttons[0]] == ["success", "danger"]


async def test_a_picture_that_goes_on_from_another_says_so(stage: Stage) -> None:
    """No sketch is promised where none comes."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(stage, chat)
        await chat.press(answer, EN("button-stronger"))
        job = await stage.claim()
        assert await stage.stores.work.record_progress(job, 0.5, 9.0, None, sketched=True)
        await chat.wait(lambda message: EN("painting-on") in message.text)


async def test_a_picture_that_was_stopped_early_says_so(stage: Stage) -> None:
    """Its code repeats the recipe, but not this very picture."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        blob = await stage.stores.blobs.put(picture())
        assert await stage.stores.work.complete(await stage.claim(), blob, REPORT | {"stopped": True}, None)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert EN("done-stopped") in answer.text


@pytest.mark.parametrize("kind", ["private", "group"])
async def test_a_chat_is_edited_in_turns(stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """All jobs of a chat share its pace, and none of those that are painted is left out."""
    name = "EDIT_SECONDS" if kind == "private" else "GROUP_EDIT_SECONDS"
    monkeypatch.setattr(reporter, name, 0.3)
    async with Client(stage.url) as ann:
        begun = (await ann.call("GET", "/api/bots"))["cursor"]
        chat = await ann.open() if kind == "private" else await grouped(ann)
        for _ in range(3):
            await chat.send_photos([picture()], f"/style@{BOT} mosaic")
            await chat.wait(lambda message: "cancel:" in str(message.raw))
        jobs = [await stage.claim() for _ in range(2)]
        for step in range(1, 20):
            for job in jobs:
                await stage.stores.work.record_progress(job, step / 20, 1.0, None)
            await stage.stores.jobs.wait("work", 0.1)
        for job in jobs:
            await stage.finish(job)
        await stage.finish(await stage.claim())
        await stage.settled()
        events = (await ann.call("GET", "/api/events", {"after": begun, "chat": chat.key}))["events"]
    edits = [event for event in events if event["type"] == "edited" and "cancel:" in str(event["message"])]
    assert min(after["at"] - before["at"] for before, after in pairwise(edits)) >= 0.29
    assert {event["message"]["message_id"] for event in edits} >= {job.status_message_id for job in jobs}

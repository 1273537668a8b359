"""The status message while a job waits and is painted."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.chat.i18n import texts
from bot.chat.status import reporter
from bot.chat.status.text import caption, describe
from bot.sandbox.client import Chat, Client
from bot.storage.models import Job, Recipe, State
from tests.support.chat_harness import REPORT, RunningChat, from_bot, picture, request
from tests.support.fakes import a_job
from tests.support.requests import services

EN = texts("en")
BOT = "vitrage_bot"


async def group_of(ann: Client) -> Chat:
    """Make a group of Ann with the bot as a member."""
    me = (await ann.call("GET", "/api/bots"))["bots"][0]["id"]
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Glaziers", "members": [me]})
    return ann.chat(made["key"])


async def test_a_preview_turns_the_status_message_into_a_picture(running_chat: RunningChat) -> None:
    """Progress is an edit of one message: first a text, then a picture with a bar in its caption."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        preview = await running_chat.stores.blobs.put(picture())
        assert await running_chat.stores.work.record_progress(job, 0.5, 20.0, preview)
        shown = await chat.wait(lambda message: message.id == status.id and message.photo is not None)
        assert "50%" in shown.text
        assert shown.photo is not None
        assert (shown.photo.width, shown.photo.height) == (512, 341)  # at whatever scale the engine works now
        assert EN.duration(20) in shown.text
        assert len(await from_bot(chat)) == 1


async def test_stop_asks_for_the_picture_as_it_is(running_chat: RunningChat) -> None:
    """The button is there once there is a preview; a press is recorded for the worker."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        preview = await running_chat.stores.blobs.put(picture())
        assert await running_chat.stores.work.record_progress(job, 0.5, 20.0, preview)
        await chat.wait(lambda message: EN("button-stop") in str(message.buttons))
        assert (await chat.press(status, EN("button-stop"))).text == EN("stopping")
        found = await running_chat.stores.jobs.get(job.id)
        assert found is not None
        assert found.stop_asked
        await running_chat.finish(job)
        await chat.wait(lambda message: message.photo is not None and message.id != status.id)


async def test_the_wait_is_said_as_a_range(running_chat: RunningChat) -> None:
    """A queued job shows a lower and an upper estimate."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim())  # the job took 1.0 s, on which the estimate is based
        await chat.wait(lambda message: message.photo is not None)
        await request(chat)
        waiting = await chat.wait(lambda message: bool(message.buttons))
        assert EN.range(1.0) in waiting.text


async def test_the_text_tells_a_sketch_from_the_full_picture(running_chat: RunningChat) -> None:
    """The text says which of the two is being painted, and the seconds left."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await running_chat.claim()
        for progress, sketched, words in ((0.1, False, "sketching"), (0.3, True, "painting-over")):
            preview = await running_chat.stores.blobs.put(picture())
            assert await running_chat.stores.work.record_progress(job, progress, 45.0, preview, sketched=sketched)
            shown = await chat.wait(lambda message, words=words: EN(words) in message.text)  # type: ignore[misc]
            assert (shown.id, shown.photo is not None) == (status.id, True)
            assert EN.duration(45) in shown.text
            assert [button.style for button in shown.buttons[0]] == ["success", "danger"]


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (a_job(), "queued"),
        (a_job(attempt=1), "retrying"),
        (a_job(state=State.RUNNING), "starting"),
        (a_job(state=State.RUNNING, progress=0.1), "sketching"),
        (a_job(state=State.RUNNING, progress=0.5, sketched=True), "painting-over"),
        (a_job(state=State.RUNNING, progress=0.5, sketched=True, resumed=True), "painting-on"),
        (a_job(state=State.RUNNING, progress=0.5, recipe=Recipe("sketch")), "painting"),
        (a_job(state=State.RUNNING, progress=0.5, kind="sheet"), "painting"),
        (a_job(state=State.RUNNING, progress=0.5, stop_asked=True), "finishing"),
        (a_job(state=State.CANCELLED), "cancelled"),
    ],
)
def test_each_stage_has_words(job: Job, words: str) -> None:
    """A picture that continues from another one promises no sketch, because none comes."""
    assert EN(words, ahead=0) in describe(job, None, EN)


def test_a_picture_that_was_stopped_early_says_so() -> None:
    """Its code repeats the recipe, but not this very picture."""
    whole, stopped = a_job(report=REPORT), a_job(report=REPORT | {"stopped": True})
    assert EN("done-stopped") in caption(services(), stopped, EN)
    assert EN("done-stopped") not in caption(services(), whole, EN)


@pytest.mark.parametrize("kind", ["private", "group"])
async def test_a_chat_is_edited_in_turns(running_chat: RunningChat, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """All jobs of a chat share the pause between two edits, and each running job is updated."""
    name = "EDIT_SECONDS" if kind == "private" else "GROUP_EDIT_SECONDS"
    monkeypatch.setattr(reporter, name, 0.3)
    async with Client(running_chat.url) as ann, Client(running_chat.url, "Bob") as bob:
        await running_chat.lift_limits(ann)
        begun = (await ann.call("GET", "/api/bots"))["cursor"]
        chat = await ann.open() if kind == "private" else await group_of(ann)
        people = [chat]
        if kind == "group":
            await ann.call("POST", f"/api/chats/{chat.key}/members", {"user": ann.id, "member": bob.id})
            people.append(bob.chat(chat.key))
        for who in (chat, people[-1], chat):
            await who.send_photos([picture()], f"/style@{BOT} mosaic")
            await chat.wait(lambda message: "cancel:" in str(message.raw))
        jobs = [await running_chat.claim() for _ in people]
        for step in range(1, 20):
            for job in jobs:
                await running_chat.stores.work.record_progress(job, step / 20, 1.0, None)
            await running_chat.stores.jobs.wait("work", 0.1)
        for job in jobs:
            await running_chat.finish(job)
        for _ in range(3 - len(jobs)):
            await running_chat.finish(await running_chat.claim())
        await running_chat.settled()
        events = (await ann.call("GET", "/api/events", {"after": begun, "chat": chat.key}))["events"]
    edits = [event for event in events if event["type"] == "edited" and "cancel:" in str(event["message"])]
    assert min(after["at"] - before["at"] for before, after in pairwise(edits)) >= 0.29
    assert {event["message"]["message_id"] for event in edits} >= {job.status_message_id for job in jobs}

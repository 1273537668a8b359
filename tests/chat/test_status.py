"""The live message while a job waits and is painted."""

from __future__ import annotations

from bot.chat.texts import texts
from bot.demo.person import Person
from tests.chat.stage import REPORT, Stage, painted, picture, request

EN = texts("en")


async def test_stop_here_asks_for_the_picture_as_it_is(stage: Stage) -> None:
    """Offered once there is something to see; the worker hears of it."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await stage.claim()
        preview = await stage.stores.blobs.put(picture())
        assert await stage.stores.jobs.record_progress(job, 0.5, 20.0, preview)
        await chat.wait(lambda message: EN("button-stop") in str(message.buttons))
        assert (await chat.press(status, EN("button-stop"))).text == EN("stopping")
        found = await stage.stores.jobs.get(job.id)
        assert found is not None
        assert found.stop_asked
        await stage.finish(job)
        await chat.wait(lambda message: message.photo is not None and message.id != status.id)


async def test_the_wait_is_said_as_a_range(stage: Stage) -> None:
    """A place in the queue and two honest numbers."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await stage.finish(await stage.claim())  # takes a second, as the store learns
        await chat.wait(lambda message: message.photo is not None)
        await request(chat)
        waiting = await chat.wait(lambda message: bool(message.buttons))
        assert EN.range(1.0) in waiting.text


async def test_a_sketch_is_told_from_the_masterpiece(stage: Stage) -> None:
    """First that it comes, then that it is there and the picture follows in its place; and how long that takes."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        job = await stage.claim()
        for progress, sketched, words in ((0.1, False, "sketching"), (0.3, True, "painting-over")):
            preview = await stage.stores.blobs.put(picture())
            assert await stage.stores.jobs.record_progress(job, progress, 45.0, preview, sketched=sketched)
            shown = await chat.wait(lambda message, words=words: EN(words) in message.text)  # type: ignore[misc]
            assert (shown.id, shown.photo is not None) == (status.id, True)
            assert EN.duration(45) in shown.text
            assert [button.style for button in shown.buttons[0]] == ["success", "danger"]


async def test_a_picture_that_goes_on_from_another_says_so(stage: Stage) -> None:
    """No sketch is promised where none comes."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(stage, chat)
        await chat.press(answer, EN("button-stronger"))
        job = await stage.claim()
        assert await stage.stores.jobs.record_progress(job, 0.5, 9.0, None, sketched=True)
        await chat.wait(lambda message: EN("painting-on") in message.text)


async def test_a_picture_that_was_stopped_early_says_so(stage: Stage) -> None:
    """Its code repeats the recipe, but not this very picture."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        blob = await stage.stores.blobs.put(picture())
        assert await stage.stores.jobs.complete(await stage.claim(), blob, REPORT | {"stopped": True}, None)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert EN("done-stopped") in answer.text

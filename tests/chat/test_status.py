"""The live message while a job waits and is painted."""

from __future__ import annotations

from bot.chat.texts import texts
from bot.demo.person import Person
from tests.chat.stage import Stage, picture, request

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

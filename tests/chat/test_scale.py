"""Many people at once: nobody's picture goes to somebody else, and nobody waits for somebody else's photo."""

from __future__ import annotations

import asyncio
import colorsys
import io
import logging

import numpy as np
import pytest
from PIL import Image

from bot.chat.texts import texts
from bot.demo.person import Chat, Person
from bot.jobs.job import Job
from tests.chat.stage import Stage, picture, request

EN = texts("en")
PEOPLE = 50
SLOW_SECONDS = 0.4  # that one step of the event loop may take, also on a busy machine


def color_of(number: int) -> str:
    """Return a colour of each person's own."""
    red, green, blue = (
        round(255 * value) for value in colorsys.hsv_to_rgb(number / PEOPLE, 1.0, 0.4 + number % 3 * 0.3)
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


def mean(data: bytes) -> tuple[float, ...]:
    """Return the mean colour of a picture."""
    with Image.open(io.BytesIO(data)) as image:
        return tuple(np.asarray(image.convert("RGB")).mean(axis=(0, 1)))


async def test_fifty_people_at_once_get_their_own_pictures(stage: Stage) -> None:
    """Photos of fifty people interleave; each job holds one person's photos, and its picture goes to that person."""
    numbers: dict[int, int] = {}

    async def person(number: int) -> None:
        async with Person(stage.url, name=f"P{number}") as somebody:
            numbers[somebody.id] = number
            chat = await somebody.open()
            own = picture(color=color_of(number))
            await chat.send_photos([own])
            await chat.wait(lambda message: message.text == EN("draft-content"), timeout=90)
            await chat.send_photos([own])
            answer = await chat.wait(lambda message: message.photo is not None, timeout=120)
            assert mean(await chat.download(answer)) == pytest.approx(mean(own), abs=6)

    async def worker() -> None:
        for _ in range(PEOPLE):
            job: Job = await stage.claim()
            wanted = mean(picture(color=color_of(numbers[job.address.user_id])))
            for blob in (job.content, *job.styles):
                assert mean(await stage.stores.blobs.get(blob)) == pytest.approx(wanted, abs=6)
            await stage.finish(job, await stage.stores.blobs.get(job.content))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker())
        for number in range(PEOPLE):
            tasks.create_task(person(number))


def large() -> bytes:
    """Return a picture of 12 megapixels that takes long to decode."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((4000, 3000)).convert("RGB").save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


async def test_the_event_loop_is_never_blocked(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Large photos, the gallery, a contact sheet, previews and side-by-side pictures are worked on in threads."""
    photos = large(), picture(3000, 2000, "olive")  # before anybody looks at the clock
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = SLOW_SECONDS
    with caplog.at_level(logging.WARNING, "asyncio"):
        async with Person(stage.url) as ann:
            chat = await ann.open()
            await _everything(stage, chat, *photos)
    loop.set_debug(False)
    slow = [record.getMessage() for record in caplog.records if record.name == "asyncio"]
    slow = [what for what in slow if "uvicorn" not in what]  # the sandbox, which lives in this loop for the test
    assert slow == []


async def _everything(stage: Stage, chat: Chat, photo: bytes, painted: bytes) -> None:
    await chat.send("/presets")
    await chat.wait(lambda message: message.photo is not None)
    await chat.send_photos([photo], as_file=True)
    question = await chat.wait(lambda message: message.text == EN("draft-content"))
    await chat.press(question, EN("button-sheet"))
    await stage.finish(await stage.claim())
    await chat.wait(lambda message: message.text == EN("done-sheet"))
    await request(chat)
    job = await stage.claim()
    await stage.stores.jobs.record_progress(job, 0.5, 1.0, await stage.stores.blobs.put(picture(640, 480)))
    await stage.finish(job, painted)
    answer = await chat.wait(lambda message: EN("button-compare") in str(message.buttons))
    await chat.press(answer, EN("button-compare"))
    await chat.wait(lambda message: message.text == EN("compared"))

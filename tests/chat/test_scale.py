"""Many people at once: each picture goes to its requester, and nobody waits for the decoding of another photo."""

from __future__ import annotations

import asyncio
import colorsys
import gc
import io
import random
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from bot.storage.models import Address, Job
from tests.support.badges import badge, number_of
from tests.support.chat_harness import RunningChat, from_bot, picture, press_result_button, request

EN = texts("en")
PEOPLE = 50
SLOW_SECONDS = 0.1  # of processor time that one step of the event loop may take: a busy machine adds none


def color_of(number: int) -> str:
    """Return a colour that no other number below `PEOPLE` has."""
    red, green, blue = (
        round(255 * value) for value in colorsys.hsv_to_rgb(number / PEOPLE, 1.0, 0.4 + number % 3 * 0.3)
    )
    return f"#{red:02x}{green:02x}{blue:02x}"


def mean(data: bytes) -> tuple[float, ...]:
    """Return the mean colour of a picture."""
    with Image.open(io.BytesIO(data)) as image:
        return tuple(np.asarray(image.convert("RGB")).mean(axis=(0, 1)))


async def test_fifty_people_at_once_get_their_own_pictures(running_chat: RunningChat) -> None:
    """The photos of fifty people arrive mixed; each job has one person's photos, and that person gets its picture."""
    numbers: dict[int, int] = {}

    async def person(number: int) -> None:
        async with Client(running_chat.url, name=f"P{number}") as somebody:
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
            job: Job = await running_chat.claim()
            wanted = mean(picture(color=color_of(numbers[job.address.user_id])))
            for blob in (job.content, *job.styles):
                assert mean(await running_chat.stores.blobs.get(blob)) == pytest.approx(wanted, abs=6)
            await running_chat.finish(job, await running_chat.stores.blobs.get(job.content))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker())
        for number in range(PEOPLE):
            tasks.create_task(person(number))


class Crowd:
    """Many people, each with a number, a chat, and a picture that shows the number."""

    def __init__(self, running_chat: RunningChat) -> None:
        self.running_chat = running_chat
        self.chats: dict[int, Chat] = {}  # by number of the person
        self.numbers: dict[int, int] = {}  # by id of the person
        self._some = asyncio.Semaphore(50)  # people that send at the same time

    async def come(self, number: int, photos: int) -> None:
        """Open the chat of a person, and send their photo so many times."""
        async with self._some, Client(self.running_chat.url, name=f"P{number}") as somebody:
            self.chats[number] = await somebody.open()
            self.numbers[somebody.id] = number
            for _ in range(photos):
                await self.chats[number].send_photos([badge(number)])

    async def told(self, number: int) -> list[Message]:
        """Return the bot's messages in a person's chat."""
        async with self._some, Client(self.running_chat.url, name=f"P{number}") as somebody:
            return await from_bot(somebody.chat(self.chats[number].key))

    async def draft(self, number: int) -> list[int]:
        """Return the numbers in the photos of a person's draft."""
        somebody = self.chats[number].client.id
        photos = await self.running_chat.stores.drafts.photos(Address(somebody, None, somebody))
        return [number_of(await self.running_chat.stores.blobs.get(photo.blob)) for photo in photos]

    async def paint(self, count: int) -> None:
        """Complete so many jobs with their content; all pictures of a job must show the number of its requester."""
        for _ in range(count):
            job = await self.running_chat.claim()
            blobs = [await self.running_chat.stores.blobs.get(blob) for blob in (job.content, *job.styles)]
            assert {number_of(blob) for blob in blobs} == {self.numbers[job.address.user_id]}
            await self.running_chat.finish(job, blobs[0])

    async def pictures(self, number: int) -> list[int]:
        """Return the numbers in the pictures that a person was sent."""
        async with Client(self.running_chat.url, name=f"P{number}") as somebody:
            given = [message for message in await self.told(number) if message.photo]
            return [number_of(await somebody.bytes_of(message.photo.file_id)) for message in given if message.photo]


@pytest.mark.slow
async def test_a_thousand_drafts_and_a_hundred_jobs(running_chat: RunningChat) -> None:
    """1,000 chats with a draft and 100 queued jobs: no picture is lost, sent to another person or sent twice."""
    crowd, waiting, drafting = Crowd(running_chat), range(100), range(100, 1100)
    everybody = [crowd.come(number, 2 if number in waiting else 1) for number in (*waiting, *drafting)]
    random.Random(1).shuffle(everybody)
    await asyncio.gather(*everybody)

    jobs, deliveries = running_chat.stores.jobs, running_chat.stores.deliveries
    async with asyncio.timeout(300):
        while len(await deliveries.unsettled()) < len(waiting) or not all(
            [await crowd.draft(each) for each in drafting]
        ):
            await jobs.wait("news", 0.5)
    await crowd.paint(len(waiting))
    await running_chat.settled()
    assert [await crowd.pictures(number) for number in waiting] == [[number] for number in waiting]
    assert [await crowd.draft(number) for number in drafting] == [[number] for number in drafting]
    again = drafting[::50]  # whose second photo must still complete their draft
    await asyncio.gather(*(crowd.come(number, 1) for number in again))
    await crowd.paint(len(again))
    await running_chat.settled()
    assert [await crowd.pictures(number) for number in again] == [[number] for number in again]
    quiet = [number for number in drafting if number not in again]
    assert {len(await crowd.told(number)) for number in quiet} == {1}  # the question, once


@pytest.fixture
def large() -> bytes:
    """Give a picture of 12 megapixels that takes long to decode."""
    buffer = io.BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


@pytest.fixture
def slow_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the slow steps of the event loop; those of the sandbox, which runs in the same loop, are left out."""
    steps: list[str] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began = time.thread_time()
        run(handle)
        seconds = time.thread_time() - began
        what = repr(getattr(handle._callback, "__self__", handle))  # type: ignore[attr-defined]  # the task of the step
        if seconds > SLOW_SECONDS and "uvicorn" not in what:
            steps.append(f"{what} took {seconds:.2f} s")

    monkeypatch.setattr(asyncio.Handle, "_run", timed)
    gc.disable()  # a search for garbage, long with all that the suite has loaded, may fall into any step
    yield steps
    gc.enable()


async def test_the_event_loop_is_never_blocked(large: bytes, running_chat: RunningChat, slow_steps: list[str]) -> None:
    """Large photos, the gallery, a contact sheet, previews and side-by-side pictures are computed elsewhere."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await _everything(running_chat, chat, large)
    assert slow_steps == []


async def _everything(running_chat: RunningChat, chat: Chat, photo: bytes) -> None:
    await chat.send("/presets")
    await chat.wait(lambda message: message.photo is not None)
    await chat.send_photos([photo], as_file=True)
    question = await chat.wait(lambda message: message.text == EN("draft-content"))
    await chat.press(question, EN("button-sheet"))
    await running_chat.finish(await running_chat.claim())
    await chat.wait(lambda message: message.text == EN("done-sheet"))
    await request(chat)
    job = await running_chat.claim()
    await running_chat.stores.work.record_progress(
        job, 0.5, 1.0, await running_chat.stores.blobs.put(picture(640, 480))
    )
    await running_chat.finish(job, picture(3000, 2000, "olive"))
    answer = await chat.wait(lambda message: EN("button-more") in str(message.buttons))
    await press_result_button(chat, answer, EN("button-compare"))
    await chat.wait(lambda message: message.text == EN("compared"))

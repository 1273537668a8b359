"""What was sent under a spoiler stays under one, in everything that is made from it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from bot.storage.models import Job
from tests.support.chat_harness import REPORT, RunningChat, group, picture, press_result_button
from tests.support.pencil import Pencil, jpeg, photographs

EN = texts("en")


def hidden(message: Message) -> bool:
    """Return whether a message's picture is under a spoiler."""
    return bool(message.raw.get("has_media_spoiler", False))


async def hidden_request(running_chat: RunningChat, chat: Chat) -> Job:
    """Send a photo under a spoiler and a style without one; claim the job."""
    await chat.send_photos([picture()], spoiler=True)
    await chat.wait(lambda message: message.text == EN("draft-content"))
    await chat.send_photos([picture(color="blue")])
    return await running_chat.claim()


async def finish(running_chat: RunningChat, job: Job) -> None:
    """Complete a claimed job with a picture and a timelapse."""
    frames, timelapse = [Image.new("RGB", (60, 40), color) for color in ("red", "lime")], io.BytesIO()
    frames[0].save(timelapse, "GIF", save_all=True, append_images=frames[1:])
    made = [await running_chat.stores.blobs.put(data) for data in (picture(), timelapse.getvalue())]
    assert await running_chat.stores.work.complete(job, made[0], REPORT, 1.0, timelapse=made[1])


async def test_previews_and_the_picture_are_hidden(running_chat: RunningChat) -> None:
    """The preview, the status message that becomes the picture, and a picture in a new message."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        for how in ("new", "in place"):
            job = await hidden_request(running_chat, chat)
            assert job.spoiler
            status = await chat.wait(lambda message: bool(message.buttons))
            blob = await running_chat.stores.blobs.put(picture(color="green"))
            assert await running_chat.stores.work.record_progress(job, 0.5, 9.0, blob)
            preview = await chat.wait(lambda message: message.photo is not None)
            assert (preview.id, hidden(preview)) == (status.id, True)
            await running_chat.finish(job)
            answer = await chat.wait(lambda message: EN("button-again") in str(message.buttons))
            assert (hidden(answer), answer.id == status.id) == (True, how == "in place")
            await running_chat.settled()


async def test_all_that_is_made_of_a_hidden_picture_is_hidden(running_chat: RunningChat) -> None:
    """Side by side, blends, the timelapse, the question for a region, and the next pictures, also swapped ones."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        job = await hidden_request(running_chat, chat)
        await finish(running_chat, job)
        answer = await chat.wait(lambda message: message.photo is not None)
        await running_chat.settled()
        for button in ("compare", "strip", "denoise", "part"):
            await press_result_button(chat, answer, EN(f"button-{button}"))
            assert hidden(await chat.wait(lambda message: message.photo is not None))
        await press_result_button(chat, answer, EN("button-timelapse"))
        assert hidden(await chat.wait(lambda message: message.animation is not None))
        for button in ("stronger", "again", "swap", "swap"):
            await press_result_button(chat, answer, EN(f"button-{button}"))
            job = await running_chat.claim()
            assert job.spoiler
            await running_chat.finish(job)
            answer = await chat.wait(lambda message: EN("button-again") in str(message.buttons))
            assert hidden(answer)
            await running_chat.settled()


@pytest.mark.parametrize("spoiler", [False, True])
async def test_a_sheet_and_what_is_picked_from_it(running_chat: RunningChat, spoiler: bool) -> None:
    """The contact sheet and the picture in full are under a spoiler if the photo was, and only then."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([picture()], spoiler=spoiler)
        question = await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.press(question, EN("button-sheet"))
        await running_chat.finish(await running_chat.claim())
        sheet = await chat.wait(lambda message: message.photo is not None)
        assert hidden(sheet) is spoiler
        await chat.press(sheet, "2")
        await running_chat.finish(await running_chat.claim())
        assert hidden(await chat.wait(lambda message: EN("button-again") in str(message.buttons))) is spoiler


async def test_in_a_group_a_hidden_photo_that_is_replied_to_counts(running_chat: RunningChat) -> None:
    """/style in reply to a photo under a spoiler."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        friends = await group(ann)
        [photo] = await friends.send_photos([picture()], spoiler=True)
        await friends.send("/style mosaic", reply_to=photo)
        job = await running_chat.claim()
        assert job.spoiler
        await running_chat.finish(job)
        assert hidden(await friends.wait(lambda message: message.photo is not None))


async def test_a_marked_photo_may_be_hidden_by_its_sender(running_chat: RunningChat) -> None:
    """The marked copy is under a spoiler, though the photo was not."""
    photo = photographs()["coffee"].resize((300, 200))
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([jpeg(photo), picture(color="blue")])
        await running_chat.finish(await running_chat.claim())
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN("button-part"))
        asked = await chat.wait(lambda message: message.text == EN("part-how"))
        assert not hidden(asked)
        await chat.send_photos([jpeg(Pencil(photo).encircle().photo)], spoiler=True, reply_to=asked)
        assert (await running_chat.claim()).spoiler

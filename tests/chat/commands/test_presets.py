"""Styles by name: in the gallery, on the buttons of a draft, with /style."""

from __future__ import annotations

import io

from PIL import Image

from bot.chat.i18n import texts
from bot.sandbox.client import Client
from bot.storage.models import Recipe
from tests.support.chat_harness import PRESETS, RunningChat, picture

EN, RU = texts("en"), texts("ru")


async def test_a_press_on_a_preset_takes_the_place_of_the_second_photo(running_chat: RunningChat) -> None:
    """The question for the second photo has a button for each preset."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        photo = (await chat.send_photos([picture()]))[0]
        question = await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.press(question, "use:mosaic")
        job = await running_chat.claim()
        assert (job.style, job.message_id) == ("mosaic", photo.id)
        assert await running_chat.stores.blobs.get(job.styles[0]) == await PRESETS.picture("mosaic")
        await running_chat.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.text.startswith(EN("preset-mosaic"))
        assert answer.text.endswith("-mosaic")


async def test_the_gallery_shows_every_preset_and_a_press_chooses_one(running_chat: RunningChat) -> None:
    """/presets, a press on a button, and a photo make a job; a second press replaces the first."""
    async with Client(running_chat.url, language="ru") as ann:
        chat = await ann.open()
        await chat.send("/presets")
        gallery = await chat.wait(lambda message: message.photo is not None)
        assert [button.data for row in gallery.buttons for button in row] == [f"use:{name}" for name in PRESETS.names]
        with Image.open(io.BytesIO(await chat.download(gallery))) as image:
            assert image.width > image.height
        await chat.press(gallery, "use:woodcut")
        await chat.wait(lambda message: message.text == RU("draft-wish"))
        await chat.press(gallery, "use:blueprint")  # replaces the first choice
        await chat.wait(lambda message: message.text == RU("draft-wish"))
        await chat.send_photos([picture()])
        assert (await running_chat.claim()).style == "blueprint"


async def test_style_takes_a_name_and_mixes_several(running_chat: RunningChat) -> None:
    """/style NAME alone, in reply to a photo, and in a caption; an unknown name is answered with the known ones."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send("/style ink-wash")
        await chat.wait(lambda message: message.text == EN("draft-wish"))
        photo = (await chat.send_photos([picture()]))[0]
        job = await running_chat.claim()
        assert job.style == "ink-wash"
        await running_chat.finish(job)
        await chat.send("/style woodcut", reply_to=photo)
        job = await running_chat.claim()
        assert job.style == "woodcut"
        await running_chat.finish(job)
        await chat.send_photos([picture()], "/style mosaic+woodcut")
        mixed = await running_chat.claim()
        assert mixed.sources[1:] == ("preset:mosaic", "preset:woodcut")
        assert len(mixed.styles) == 2
        await chat.send("/style impressionism")
        await chat.wait(lambda message: "pointillism" in message.text)


async def test_swapping_the_draft_makes_its_photo_the_style(running_chat: RunningChat) -> None:
    """The button under the question swaps the roles, and back."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        first = (await chat.send_photos([picture()]))[0]
        question = await chat.wait(lambda message: message.text == EN("draft-content"))
        for now, button in (("draft-style", "style"), ("draft-content", "content"), ("draft-style", "style")):
            await chat.press(question, EN(f"button-is-{button}"))
            await chat.wait(lambda message, now=now: message.text == EN(now))  # type: ignore[misc]
        second = (await chat.send_photos([picture(color="blue")]))[0]
        job = await running_chat.claim()
        assert job.message_id == second.id != first.id


async def test_a_photo_in_reply_to_a_picture_is_its_style(running_chat: RunningChat) -> None:
    """The earlier photo is the content; the draft that was there is discarded."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        earlier = (await chat.send_photos([picture(color="green")]))[0]
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send_photos([picture(color="blue")], reply_to=earlier)
        job = await running_chat.claim()
        with Image.open(io.BytesIO(await running_chat.stores.blobs.get(job.content))) as content:
            assert content.getpixel((5, 5))[1] > 100  # type: ignore[index]
        assert job.recipe == Recipe()
        assert len(job.styles) == 1
        assert await running_chat.stores.drafts.photos(job.address) == []


async def test_a_contact_sheet_shows_the_photo_in_every_style_and_a_number_paints_one(
    running_chat: RunningChat,
) -> None:
    """One job for all thumbnails; a number paints that style in full, by the user's recipe."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        photo = (await chat.send_photos([picture()]))[0]
        question = await chat.wait(lambda message: message.text == EN("draft-content"))
        assert (await chat.press(question, EN("button-sheet"))).text == EN("on-it")
        job = await running_chat.claim()
        assert (job.kind, len(job.styles)) == ("sheet", len(PRESETS.names))
        await running_chat.finish(job)
        sheet = await chat.wait(lambda message: message.photo is not None)
        assert sheet.text == EN("done-sheet")
        assert sheet.raw["show_caption_above_media"]  # the buttons are right below the picture
        assert [button.text for row in sheet.buttons for button in row] == [str(n + 1) for n in range(len(job.styles))]
        await chat.press(sheet, "3")
        full = await running_chat.claim()
        assert (full.kind, full.style, full.recipe) == ("picture", PRESETS.names[2], Recipe())
        assert full.message_id == photo.id

"""What the buttons under a picture do that lead to another picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.chat.buttons import repaint
from bot.chat.callbacks import Action, DoWithResult
from bot.chat.i18n import texts
from bot.chat.recipe_codes import decode
from bot.sandbox.client import Client
from bot.storage.models import BlobKey, KeptResult, Recipe, State
from tests.support.chat_harness import RunningChat, from_bot, painted, picture, request
from tests.support.fakes import FakeDeliveryStore, FakeJobStore, a_job, fake_stores
from tests.support.requests import fake_bot, message, press, said, services

EN = texts("en")


@pytest.mark.parametrize(
    ("button", "recipe", "continued"),
    [
        ("stronger", Recipe(strength=95), True),
        ("softer", Recipe(strength=65), True),
        ("bigger", Recipe(size=256), True),
        ("colors", Recipe(colors="content"), False),
    ],
)
async def test_a_button_paints_the_same_photos_by_another_recipe(
    button: Action, recipe: Recipe, continued: bool
) -> None:
    """The photos are fetched from Telegram again; a change of strength or size continues from the picture."""
    job, content, style, result = a_job(state=State.DELIVERED), picture(), picture(color="blue"), picture(90, 60)
    bot, jobs, deliveries = fake_bot({"content": content, "style": style}), FakeJobStore(job), FakeDeliveryStore()
    stores = fake_stores(jobs=jobs, deliveries=deliveries)
    deliveries.kept[job.id] = KeptResult(await stores.blobs.put(result), None)
    pressed = press(bot, services(stores), message(bot, number=20))
    await repaint.press(pressed, DoWithResult(job.id, button))
    assert said(bot)[0] == EN("going-on" if continued else "on-it")
    [new] = jobs.queued
    assert (new.recipe, new.sources, new.message_id) == (recipe, job.sources, job.message_id)
    assert (await stores.blobs.get(new.start) if new.start else None) == (result if continued else None)
    assert [await stores.blobs.get(blob) for blob in (new.content, *new.styles)] == [content, style]


async def test_a_picture_is_continued(running_chat: RunningChat) -> None:
    """The store deleted the photos with the job; the picture is kept for a day, to continue from."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, first = await painted(running_chat, chat)
        assert (await chat.press(answer, EN("button-stronger"))).text == EN("going-on")
        job = await running_chat.claim()
        assert job.resumed
        assert job.start is not None
        assert await running_chat.stores.blobs.get(job.start) == picture()
        assert (job.recipe, job.sources) == (Recipe(strength=95), first.sources)
        assert (await picture_of(running_chat, job.content)).getpixel((5, 5)) == pytest.approx((254, 0, 0), abs=3)
        assert (await picture_of(running_chat, job.styles[0])).getpixel((5, 5)) == pytest.approx((0, 0, 254), abs=3)
        await running_chat.finish(job)
        again = await chat.wait(lambda message: message.photo is not None and message.id > answer.id)
        assert again.reply_to == answer.reply_to


async def test_an_old_picture_is_continued_from_the_copy_at_telegram(running_chat: RunningChat) -> None:
    """The store keeps a picture for a day; then it is downloaded from the chat. If that fails, painting begins anew."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, first = await painted(running_chat, chat)
        await running_chat.settled()
        await running_chat.stores.deliveries.drop_kept_result(first.id)
        assert (await chat.press(answer, EN("button-bigger"))).text == EN("going-on")
        job = await running_chat.claim()
        assert job.start is not None
        assert (await picture_of(running_chat, job.start)).size == (60, 40)
        await running_chat.finish(job)
        await running_chat.settled()
        await running_chat.fault(
            ann, "error", "getFile", times=3, status=400, description="Bad Request: file is too old"
        )
        assert (await chat.press(answer, EN("button-softer"))).text == EN("going-on")
        await chat.wait(lambda message: message.text == EN("going-anew"))
        job = await running_chat.claim()
        assert (job.start, job.resumed, job.recipe.strength) == (None, False, 65)


async def picture_of(running_chat: RunningChat, blob: BlobKey) -> Image.Image:
    """Open a picture of the blob store."""
    return Image.open(io.BytesIO(await running_chat.stores.blobs.get(blob)))


async def test_again_is_another_picture(running_chat: RunningChat) -> None:
    """The recipe is that of the present settings; if that is the job's own, its next variation."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat)
        for _ in range(2):  # pressed twice, painted once
            assert (await chat.press(answer, EN("button-again"))).text == EN("on-it")
        job = await running_chat.claim()
        assert job.recipe == Recipe(variation=1)
        await running_chat.finish(job)
        await running_chat.settled()
        varied = (await from_bot(chat))[-1]
        assert EN("choice-variation", number=1) in varied.text
        await chat.press(varied, EN("button-again"))
        job = await running_chat.claim()
        assert job.recipe == Recipe(variation=2)
        await running_chat.finish(job)
        await running_chat.settled()
        await running_chat.stores.settings.save_recipe(ann.id, Recipe("sketch"))
        assert (await chat.press(answer, EN("button-again"))).text == EN("on-it")
        assert (await running_chat.claim()).recipe == Recipe("sketch")


async def test_a_button_that_is_pressed_twice_makes_one_job(running_chat: RunningChat) -> None:
    """Both presses get the same answer."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat)
        for _ in range(2):
            assert (await chat.press(answer, EN("button-stronger"))).text == EN("going-on")
        await running_chat.claim()
        assert await running_chat.stores.work.claim("test") is None


async def test_swap_paints_the_style_like_the_content(running_chat: RunningChat) -> None:
    """Under the status message of a queued job, and under a finished picture."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        assert (await chat.press(status, EN("button-swap"))).text == EN("swapped")
        job = await running_chat.claim()
        assert (await picture_of(running_chat, job.content)).getpixel((5, 5)) == pytest.approx((0, 0, 254), abs=3)
        await running_chat.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-swap"))
        back = await running_chat.claim()
        assert back.sources == job.sources[::-1]


async def test_the_code_under_a_picture_repeats_its_recipe_on_another_photo(running_chat: RunningChat) -> None:
    """Anyone who has the code gets the same style and recipe: in reply to a photo, or with /style."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Bob") as bob:
        chat, other = await ann.open(), await bob.open()
        await running_chat.stores.settings.save_recipe(ann.id, Recipe("sketch", 256, 80, "match"))
        answer, first = await painted(running_chat, chat)
        code = answer.text.split()[-1]
        assert decode(code) is not None
        photo = (await other.send_photos([picture(color="green")]))[0]
        await other.wait(lambda message: message.text == EN("draft-content"))
        await other.send("/cancel")
        await other.wait(lambda message: message.text == EN("cancel-draft"))
        await other.send(code, reply_to=photo)
        job = await running_chat.claim()
        assert (job.recipe, job.sources[1], job.style) == (first.recipe, first.sources[1], first.style)
        assert job.address.user_id == bob.id
        await running_chat.finish(job)
        await other.send(f"/style {code}")
        await other.wait(lambda message: message.text == EN("draft-wish"))
        await other.send_photos([picture(color="yellow")])
        assert (await running_chat.claim()).recipe == first.recipe


async def test_a_code_that_nobody_made_is_refused(running_chat: RunningChat) -> None:
    """Its key names no style that the store knows."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send("/style 8S0-ZZZZZZZZ")
        assert (await chat.wait()).text.startswith(EN("style-unknown", names="").split(":")[0][:30])

"""What the buttons under a picture do, and who may press them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.chat.i18n import texts
from bot.chat.recipe_codes import decode
from bot.sandbox.client import Client
from bot.storage.models import BlobKey, Recipe
from tests.support.chat_harness import Stage, from_bot, painted, picture, request

EN = texts("en")


@pytest.mark.parametrize(
    ("button", "recipe", "goes_on"),
    [
        ("stronger", Recipe(strength=95), True),
        ("softer", Recipe(strength=65), True),
        ("bigger", Recipe(size=256), True),
        ("colors", Recipe(colors="content"), False),
    ],
)
async def test_a_button_paints_the_same_photos_by_another_recipe(
    stage: Stage, button: str, recipe: Recipe, goes_on: bool
) -> None:
    """Our disk has the photos no more: they are fetched from Telegram again. The picture is gone on from, or not."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        answer, first = await painted(stage, chat)
        assert (await chat.press(answer, EN(f"button-{button}"))).text == EN("going-on" if goes_on else "on-it")
        job = await stage.claim()
        assert job.resumed is goes_on
        assert (await stage.stores.blobs.get(job.start) if job.start else None) == (picture() if goes_on else None)
        assert (job.recipe, job.sources) == (recipe, first.sources)
        assert (await picture_of(stage, job.content)).getpixel((5, 5)) == pytest.approx((254, 0, 0), abs=3)
        assert (await picture_of(stage, job.styles[0])).getpixel((5, 5)) == pytest.approx((0, 0, 254), abs=3)
        await stage.finish(job)
        again = await chat.wait(lambda message: message.photo is not None and message.id > answer.id)
        assert again.reply_to == answer.reply_to


async def test_an_old_picture_is_gone_on_from_as_telegram_keeps_it(stage: Stage) -> None:
    """After a day ours is deleted, but the chat has it; if that fails too the painting begins anew, and says so."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        answer, first = await painted(stage, chat)
        await stage.settled()
        await stage.stores.deliveries.drop_kept_result(first.id)
        assert (await chat.press(answer, EN("button-bigger"))).text == EN("going-on")
        job = await stage.claim()
        assert job.start is not None
        assert (await picture_of(stage, job.start)).size == (60, 40)
        await stage.finish(job)
        await stage.settled()
        await stage.fault(ann, "error", "getFile", times=3, status=400, description="Bad Request: file is too old")
        assert (await chat.press(answer, EN("button-softer"))).text == EN("going-anew")
        job = await stage.claim()
        assert (job.start, job.resumed, job.recipe.strength) == (None, False, 65)


async def picture_of(stage: Stage, blob: BlobKey) -> Image.Image:
    """Open a picture of the store."""
    return Image.open(io.BytesIO(await stage.stores.blobs.get(blob)))


async def test_again_is_another_picture(stage: Stage) -> None:
    """By today's settings; where these are the same, the same recipe is painted in another way."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(stage, chat)
        for _ in range(2):  # pressed twice, painted once
            assert (await chat.press(answer, EN("button-again"))).text == EN("on-it")
        job = await stage.claim()
        assert job.recipe == Recipe(variation=1)
        await stage.finish(job)
        await stage.settled()
        varied = (await from_bot(chat))[-1]
        assert EN("choice-variation", number=1) in varied.text
        await chat.press(varied, EN("button-again"))
        job = await stage.claim()
        assert job.recipe == Recipe(variation=2)
        await stage.finish(job)
        await stage.settled()
        await stage.stores.settings.save_recipe(ann.id, Recipe("sketch"))
        assert (await chat.press(answer, EN("button-again"))).text == EN("on-it")
        assert (await stage.claim()).recipe == Recipe("sketch")


async def test_a_button_that_is_pressed_twice_makes_one_job(stage: Stage) -> None:
    """An impatient finger is not a second order."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(stage, chat)
        for _ in range(2):
            assert (await chat.press(answer, EN("button-stronger"))).text == EN("going-on")
        await stage.claim()
        assert await stage.stores.work.claim("test") is None


async def test_swap_paints_the_style_like_the_content(stage: Stage) -> None:
    """Before the painting, and after it."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        status = await chat.wait(lambda message: bool(message.buttons))
        assert (await chat.press(status, EN("button-swap"))).text == EN("swapped")
        job = await stage.claim()
        assert (await picture_of(stage, job.content)).getpixel((5, 5)) == pytest.approx((0, 0, 254), abs=3)
        await stage.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-swap"))
        back = await stage.claim()
        assert back.sources == job.sources[::-1]


async def test_the_code_under_a_picture_repeats_its_recipe_on_another_photo(stage: Stage) -> None:
    """Sent in reply to a photo, or with /style: the same style and strength, for anyone who has the code."""
    async with Client(stage.url, "Ann") as ann, Client(stage.url, "Bob") as bob:
        chat, other = await ann.open(), await bob.open()
        await stage.stores.settings.save_recipe(ann.id, Recipe("sketch", 256, 80, "match"))
        answer, first = await painted(stage, chat)
        code = answer.text.split()[-1]
        assert decode(code) is not None
        photo = (await other.send_photos([picture(color="green")]))[0]
        await other.wait(lambda message: message.text == EN("draft-content"))
        await other.send("/cancel")
        await other.wait(lambda message: message.text == EN("cancel-draft"))
        await other.send(code, reply_to=photo)
        job = await stage.claim()
        assert (job.recipe, job.sources[1], job.style) == (first.recipe, first.sources[1], first.style)
        assert job.address.user_id == bob.id
        await other.send(f"/style {code}")
        await other.wait(lambda message: message.text == EN("draft-wish"))
        await other.send_photos([picture(color="yellow")])
        assert (await stage.claim()).recipe == first.recipe


async def test_a_code_that_nobody_made_is_refused(stage: Stage) -> None:
    """A made-up key names nobody's photo."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await chat.send("/style 8S0-ZZZZZZZZ")
        assert (await chat.wait()).text.startswith(EN("style-unknown", names="").split(":")[0][:30])

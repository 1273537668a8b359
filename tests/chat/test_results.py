"""What the buttons under a picture do, and who may press them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from bot.chat.recipes import decode
from bot.chat.texts import texts
from bot.demo.person import Chat, Message, Person
from bot.jobs.job import Job, Recipe
from tests.chat.stage import Stage, from_bot, on_stage, picture, request

EN = texts("en")


async def painted(stage: Stage, chat: Chat) -> tuple[Message, Job]:
    """Have two photos painted; return the picture's message and its job."""
    await request(chat)
    job = await stage.claim()
    await stage.finish(job)
    return await chat.wait(lambda message: message.photo is not None), job


@pytest.mark.parametrize(
    ("button", "recipe"),
    [
        ("stronger", Recipe(strength=65)),
        ("softer", Recipe(strength=35)),
        ("bigger", Recipe(size=256)),
        ("colors", Recipe(colors="content")),
    ],
)
async def test_a_button_paints_the_same_photos_by_another_recipe(stage: Stage, button: str, recipe: Recipe) -> None:
    """Our disk has the photos no more: they are fetched from Telegram again."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        answer, first = await painted(stage, chat)
        assert (await chat.press(answer, EN(f"button-{button}"))).text == EN("on-it")
        job = await stage.claim()
        assert (job.recipe, job.sources) == (recipe, first.sources)
        assert (await picture_of(stage, job.content)).getpixel((5, 5)) == pytest.approx((254, 0, 0), abs=3)
        assert (await picture_of(stage, job.styles[0])).getpixel((5, 5)) == pytest.approx((0, 0, 254), abs=3)
        await stage.finish(job)
        again = await chat.wait(lambda message: message.photo is not None and message.id > answer.id)
        assert again.reply_to == answer.reply_to


async def picture_of(stage: Stage, blob: str) -> Image.Image:
    """Open a picture of the store."""
    return Image.open(io.BytesIO(await stage.stores.blobs.get(blob)))


async def test_a_press_that_would_change_nothing_says_so(stage: Stage) -> None:
    """No minutes of painting for the picture that is there already."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(stage, chat)
        said = await chat.press(answer, EN("button-again"))
        assert (said.text, said.alert) == (EN("no-again"), True)
        await stage.stores.chats.save_recipe(ann.id, Recipe("sketch"))
        assert (await chat.press(answer, EN("button-again"))).text == EN("on-it")
        assert (await stage.claim()).recipe == Recipe("sketch")


async def test_a_button_that_is_pressed_twice_makes_one_job(stage: Stage) -> None:
    """An impatient finger is not a second order."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(stage, chat)
        for _ in range(2):
            assert (await chat.press(answer, EN("button-stronger"))).text == EN("on-it")
        await stage.claim()
        assert await stage.stores.jobs.claim("test") is None


async def test_swap_paints_the_style_like_the_content(stage: Stage) -> None:
    """Before the painting, and after it."""
    async with Person(stage.url) as ann:
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


async def test_the_file_is_the_picture_untouched(stage: Stage) -> None:
    """A photo is recompressed by Telegram; the file is what was painted."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        made = picture(600, 400, "green")
        await stage.finish(await stage.claim(), made)
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-file"))
        file = await chat.wait(lambda message: message.document is not None)
        assert file.reply_to == answer.id
        assert await chat.download(file) == made


async def test_a_file_that_is_not_kept_any_more_is_not_promised(tmp_path: Path) -> None:
    """After a day the full picture is deleted; the button says so."""
    async with on_stage(tmp_path) as stage, Person(stage.url) as ann:
        chat = await ann.open()
        answer, job = await painted(stage, chat)
        await stage.stores.prune(4e9)
        assert await stage.stores.jobs.kept(job.id) is None
        said = await chat.press(answer, EN("button-file"))
        assert said.text in (EN("file-gone"), EN("result-too-old"))


async def test_before_and_after_stand_side_by_side(stage: Stage) -> None:
    """One picture, the photo left and the painting right."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await stage.finish(await stage.claim(), picture(60, 40, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-compare"))
        both = await chat.wait(lambda message: message.text == EN("compared"))
        with Image.open(io.BytesIO(await chat.download(both))) as image:
            assert image.width > 2 * image.height
            assert image.getpixel((20, 20)) == pytest.approx((254, 0, 0), abs=6)
            assert image.getpixel((image.width - 20, 20)) == pytest.approx((0, 254, 0), abs=6)


async def test_delete_takes_the_picture_away(stage: Stage) -> None:
    """Out of the chat and off our disk."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        answer, job = await painted(stage, chat)
        await stage.settled()
        assert (await chat.press(answer, EN("button-delete"))).text == EN("deleted")
        assert await from_bot(chat) == []
        assert await stage.stores.jobs.kept(job.id) is None


async def test_the_code_under_a_picture_repeats_its_recipe_on_another_photo(stage: Stage) -> None:
    """Sent in reply to a photo, or with /style: the same style and strength, for anyone who has the code."""
    async with Person(stage.url, "Ann") as ann, Person(stage.url, "Bob") as bob:
        chat, other = await ann.open(), await bob.open()
        await stage.stores.chats.save_recipe(ann.id, Recipe("sketch", 256, 80, "match"))
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
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await chat.send("/style 8S0-ZZZZZZZZ")
        assert (await chat.wait()).text.startswith(EN("style-unknown", names="").split(":")[0][:30])


async def test_the_strength_strip_blends_photo_and_picture(stage: Stage) -> None:
    """Four shares to look at, each to be had in full, without painting anew."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        await stage.finish(await stage.claim(), picture(60, 40, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-strip"))
        strip = await chat.wait(lambda message: message.text == EN("strip"))
        await chat.press(strip, "40 %")
        mixed = await chat.wait(lambda message: message.text == "40 %")
        with Image.open(io.BytesIO(await chat.download(mixed))) as image:
            assert image.size == (60, 40)
            assert image.getpixel((30, 20)) == pytest.approx((0.6 * 254, 0.4 * 255, 0), abs=8)
        assert await stage.stores.jobs.claim("test") is None


async def test_denoise_smooths_the_grain(stage: Stage) -> None:
    """Less noise, the same picture."""
    async with Person(stage.url) as ann:
        chat = await ann.open()
        await request(chat)
        noisy = io.BytesIO()
        Image.effect_noise((300, 200), 20).convert("RGB").save(noisy, "JPEG", quality=95)
        await stage.finish(await stage.claim(), noisy.getvalue())
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-denoise"))
        smooth = await chat.wait(lambda message: message.text == EN("denoised"))
        with Image.open(io.BytesIO(await chat.download(smooth))) as after, Image.open(noisy) as before:
            assert after.size == before.size
            assert ImageStat.Stat(after).stddev[0] < ImageStat.Stat(before).stddev[0] / 2

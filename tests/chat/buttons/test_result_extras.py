"""What else the buttons under a picture give, without painting anew."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import skimage.data
from PIL import Image, ImageStat

from bot.chat.i18n import texts
from bot.sandbox.client import Client
from tests.support.chat_harness import REPORT, RunningChat, from_bot, painted, picture, request, run_chat

EN = texts("en")


async def test_the_file_is_the_picture_untouched(running_chat: RunningChat) -> None:
    """A photo is recompressed by Telegram; the file is what was painted."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        made = picture(600, 400, "green")
        await running_chat.finish(await running_chat.claim(), made)
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-file"))
        file = await chat.wait(lambda message: message.document is not None)
        assert file.reply_to == answer.id
        assert await chat.download(file) == made


async def test_a_file_that_is_not_kept_any_more_is_not_promised(tmp_path: Path) -> None:
    """After a day the full picture is deleted; the button says so."""
    async with run_chat(tmp_path) as running_chat, Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, job = await painted(running_chat, chat)
        await running_chat.stores.people.prune(4e9)
        assert await running_chat.stores.deliveries.kept_result(job.id) is None
        said = await chat.press(answer, EN("button-file"))
        assert said.text in (EN("file-gone"), EN("result-too-old"))


async def test_before_and_after_stand_side_by_side(running_chat: RunningChat) -> None:
    """One picture, the photo left and the painting right."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(60, 40, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-compare"))
        both = await chat.wait(lambda message: message.text == EN("compared"))
        with Image.open(io.BytesIO(await chat.download(both))) as image:
            assert image.width > 2 * image.height
            assert image.getpixel((20, 20)) == pytest.approx((254, 0, 0), abs=6)
            assert image.getpixel((image.width - 20, 20)) == pytest.approx((0, 254, 0), abs=6)


async def test_delete_takes_the_picture_away(running_chat: RunningChat) -> None:
    """Out of the chat and off our disk."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, job = await painted(running_chat, chat)
        await running_chat.settled()
        assert (await chat.press(answer, EN("button-delete"))).text == EN("deleted")
        assert await from_bot(chat) == []
        assert await running_chat.stores.deliveries.kept_result(job.id) is None


async def test_the_strength_strip_blends_photo_and_picture(running_chat: RunningChat) -> None:
    """Four shares to look at, each to be had in full, without painting anew."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(60, 40, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-strip"))
        strip = await chat.wait(lambda message: message.text == EN("strip"))
        await chat.press(strip, "40 %")
        mixed = await chat.wait(lambda message: message.text == "40 %")
        with Image.open(io.BytesIO(await chat.download(mixed))) as image:
            assert image.size == (60, 40)
            assert image.getpixel((30, 20)) == pytest.approx((0.6 * 254, 0.4 * 255, 0), abs=8)
        assert await running_chat.stores.work.claim("test") is None


async def test_denoise_smooths_the_grain(running_chat: RunningChat) -> None:
    """Less noise, the same picture."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        noisy = io.BytesIO()
        Image.effect_noise((300, 200), 20).convert("RGB").save(noisy, "JPEG", quality=95)
        await running_chat.finish(await running_chat.claim(), noisy.getvalue())
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-denoise"))
        smooth = await chat.wait(lambda message: message.text == EN("denoised"))
        with Image.open(io.BytesIO(await chat.download(smooth))) as after, Image.open(noisy) as before:
            assert after.size == before.size
            assert ImageStat.Stat(after).stddev[0] < ImageStat.Stat(before).stddev[0] / 2


async def test_the_timelapse_shows_the_painting(running_chat: RunningChat) -> None:
    """As long as the picture is kept; afterwards, or where there is none, the button says so."""
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "orange", "lime")]
    film = io.BytesIO()
    frames[0].save(film, "GIF", save_all=True, append_images=frames[1:])
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        job = await running_chat.claim()
        made = [await running_chat.stores.blobs.put(data) for data in (picture(), film.getvalue())]
        assert await running_chat.stores.work.complete(job, made[0], REPORT, 1.0, timelapse=made[1])
        answer = await chat.wait(lambda message: message.photo is not None)
        await running_chat.settled()
        await chat.press(answer, EN("button-timelapse"))
        shown = await chat.wait(lambda message: message.animation is not None)
        assert (shown.reply_to, shown.text) == (answer.id, EN("filmed"))
        assert await chat.download(shown) == film.getvalue()
        await running_chat.stores.deliveries.drop_kept_result(job.id)
        said = await chat.press(answer, EN("button-timelapse"))
        assert (said.text, said.alert) == (EN("film-gone"), True)


async def test_a_picture_becomes_a_sticker(running_chat: RunningChat) -> None:
    """WebP, its longer side 512 pixels, as Telegram demands."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat)
        await chat.press(answer, EN("button-sticker"))
        sticker = await chat.wait(lambda message: "sticker" in message.raw)
        assert sticker.reply_to == answer.id
        data = await ann.bytes_of(sticker.raw["sticker"]["file_id"])
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size) == ("WEBP", (512, 341))


async def test_a_picture_is_enlarged_for_print(running_chat: RunningChat) -> None:
    """A file, four times as large, that a printer puts out at 300 dpi; the caption says how large and how honest."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(600, 400, "green"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-print"))
        file = await chat.wait(lambda message: message.document is not None)
        assert file.text == EN("printed", pixels="2400×1600", sides="20×14", dpi="300")
        with Image.open(io.BytesIO(await chat.download(file))) as image:
            assert (image.size, image.info["dpi"]) == ((2400, 1600), (300, 300))


async def test_faces_come_out_gentler(running_chat: RunningChat) -> None:
    """The photo shines through where a face is, and nowhere else."""
    photo = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(photo, "JPEG", quality=95)
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([photo.getvalue(), picture()], as_file=True)
        await running_chat.finish(await running_chat.claim(), picture(512, 512, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.press(answer, EN("button-faces"))
        gentle = await chat.wait(lambda message: message.text == EN("gentler"))
        with Image.open(io.BytesIO(await chat.download(gentle))) as image:
            face, corner = (ImageStat.Stat(image.crop(box)) for box in ((190, 80, 250, 150), (10, 300, 110, 500)))
        assert face.mean[0] > 60
        assert face.stddev[0] > 10
        assert corner.mean[0] < 5


async def test_where_no_face_is_found_that_is_said(running_chat: RunningChat) -> None:
    """A red square looks at nobody."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat)
        await chat.press(answer, EN("button-faces"))
        assert (await chat.wait(lambda message: message.text == EN("no-faces"))).reply_to == answer.id

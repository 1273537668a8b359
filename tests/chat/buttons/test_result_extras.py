"""What the buttons under a picture do without painting again."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import skimage.data
from PIL import Image, ImageStat

from bot.chat.i18n import texts
from bot.sandbox.client import Client
from tests.support.chat_harness import (
    REPORT,
    RunningChat,
    from_bot,
    painted,
    picture,
    press_result_button,
    request,
    run_chat,
)
from tests.support.jobs import eventually
from tests.support.pictures import encoded

EN = texts("en")


async def test_the_file_is_the_picture_untouched(running_chat: RunningChat) -> None:
    """Telegram recompresses photos; the file has the bytes of the result."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        made = picture(600, 400, "green")
        await running_chat.finish(await running_chat.claim(), made)
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN("button-file"))
        file = await chat.wait(lambda message: message.document is not None)
        assert file.reply_to == answer.id
        assert await chat.download(file) == made


async def test_a_file_that_is_not_kept_any_more_is_not_promised(tmp_path: Path) -> None:
    """The result is deleted after a day; a press is answered with that."""
    async with run_chat(tmp_path) as running_chat, Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, job = await painted(running_chat, chat)
        await chat.press(answer, EN("button-more"))
        await chat.wait(lambda message: message.id == answer.id and EN("button-file") in str(message.buttons))
        await running_chat.stores.deliveries.drop_kept_result(job.id)
        assert await running_chat.stores.deliveries.kept_result(job.id) is None
        said = await press_result_button(chat, answer, EN("button-file"))
        assert said.text in (EN("file-gone"), EN("result-too-old"))


async def test_before_and_after_stand_side_by_side(running_chat: RunningChat) -> None:
    """One picture, with the photo at the left and the result at the right."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(60, 40, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN("button-compare"))
        both = await chat.wait(lambda message: message.text == EN("compared"))
        with Image.open(io.BytesIO(await chat.download(both))) as image:
            assert image.width > 2 * image.height
            assert image.getpixel((20, 20)) == pytest.approx((254, 0, 0), abs=6)
            assert image.getpixel((image.width - 20, 20)) == pytest.approx((0, 254, 0), abs=6)


async def test_delete_takes_the_picture_away(running_chat: RunningChat) -> None:
    """The message is deleted, and so is the kept result."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, job = await painted(running_chat, chat)
        await running_chat.settled()
        assert (await press_result_button(chat, answer, EN("button-delete"))).text == EN("deleted")
        assert await running_chat.stores.deliveries.kept_result(job.id) is None

        async def nothing_is_left() -> bool:
            return await from_bot(chat) == []

        await eventually(nothing_is_left)  # the status message is deleted after the job is settled


async def test_the_strength_strip_blends_photo_and_picture(running_chat: RunningChat) -> None:
    """A sheet of four blends; a press sends one of them in full size. No job is queued."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(60, 40, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN("button-strip"))
        strip = await chat.wait(lambda message: message.text == EN("strip"))
        await chat.press(strip, "40 %")
        mixed = await chat.wait(lambda message: message.text == "40 %")
        with Image.open(io.BytesIO(await chat.download(mixed))) as image:
            assert image.size == (60, 40)
            assert image.getpixel((30, 20)) == pytest.approx((0.6 * 254, 0.4 * 255, 0), abs=8)
        assert await running_chat.stores.work.claim("test") is None


async def test_denoise_smooths_the_grain(running_chat: RunningChat) -> None:
    """The noise is weaker, and the colours stay."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        noisy = io.BytesIO()
        Image.effect_noise((300, 200), 20).convert("RGB").save(noisy, "JPEG", quality=95)
        await running_chat.finish(await running_chat.claim(), noisy.getvalue())
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN("button-denoise"))
        smooth = await chat.wait(lambda message: message.text == EN("denoised"))
        with Image.open(io.BytesIO(await chat.download(smooth))) as after, Image.open(noisy) as before:
            assert after.size == before.size
            assert ImageStat.Stat(after).stddev[0] < ImageStat.Stat(before).stddev[0] / 2


@pytest.mark.parametrize(("name", "width"), [("square", 200), ("portrait", 160), ("story", 112)])
async def test_a_crop_is_made_around_what_the_photo_shows(name: str, width: int, running_chat: RunningChat) -> None:
    """The photo has something bright near its right edge; that place of the painting is kept, not the middle."""
    photo, made = Image.new("RGB", (300, 200), "navy"), Image.new("RGB", (300, 200), "green")
    for image, colour in ((photo, "white"), (made, "red")):
        image.paste(colour, (255, 90, 275, 110))
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([encoded(photo), picture(color="blue")])
        await running_chat.finish(await running_chat.claim(), encoded(made))
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN(f"button-{name}"))
        crop = await chat.wait(lambda message: message.text == EN("cropped"))
        with Image.open(io.BytesIO(await chat.download(crop))) as found:
            assert found.size == (width, 200)
            assert found.getpixel((width - 35, 100)) == pytest.approx((254, 0, 0), abs=20)


async def test_the_timelapse_shows_the_painting(running_chat: RunningChat) -> None:
    """While the result is kept; later, or where there is no timelapse, a press is answered with that."""
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "orange", "lime")]
    timelapse = io.BytesIO()
    frames[0].save(timelapse, "GIF", save_all=True, append_images=frames[1:])
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        job = await running_chat.claim()
        made = [await running_chat.stores.blobs.put(data) for data in (picture(), timelapse.getvalue())]
        assert await running_chat.stores.work.complete(job, made[0], REPORT, 1.0, timelapse=made[1])
        answer = await chat.wait(lambda message: message.photo is not None)
        await running_chat.settled()
        await press_result_button(chat, answer, EN("button-timelapse"))
        shown = await chat.wait(lambda message: message.animation is not None)
        assert (shown.reply_to, shown.text) == (answer.id, EN("filmed"))
        assert await chat.download(shown) == timelapse.getvalue()
        await running_chat.stores.deliveries.drop_kept_result(job.id)
        said = await press_result_button(chat, answer, EN("button-timelapse"))
        assert (said.text, said.alert) == (EN("film-gone"), True)


async def test_a_picture_becomes_a_sticker(running_chat: RunningChat) -> None:
    """It is a WebP whose longer side has 512 pixels, as Telegram requires."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat)
        await press_result_button(chat, answer, EN("button-sticker"))
        sticker = await chat.wait(lambda message: "sticker" in message.raw)
        assert sticker.reply_to == answer.id
        data = await ann.bytes_of(sticker.raw["sticker"]["file_id"])
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size) == ("WEBP", (512, 341))


async def test_a_picture_is_enlarged_for_print(running_chat: RunningChat) -> None:
    """A file with four times the width and height at 300 dpi; the caption says the size on paper."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await request(chat)
        await running_chat.finish(await running_chat.claim(), picture(600, 400, "green"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN("button-print"))
        file = await chat.wait(lambda message: message.document is not None)
        assert file.text == EN("printed", pixels="2400×1600", sides="20×14", dpi="300")
        with Image.open(io.BytesIO(await chat.download(file))) as image:
            assert (image.size, image.info["dpi"]) == ((2400, 1600), (300, 300))


async def test_faces_are_blended_with_the_photo(running_chat: RunningChat) -> None:
    """The photo is blended in where a face is, and nowhere else."""
    photo = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(photo, "JPEG", quality=95)
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([photo.getvalue(), picture()], as_file=True)
        await running_chat.finish(await running_chat.claim(), picture(512, 512, "lime"))
        answer = await chat.wait(lambda message: message.photo is not None)
        await press_result_button(chat, answer, EN("button-faces"))
        gentle = await chat.wait(lambda message: message.text == EN("gentler"))
        with Image.open(io.BytesIO(await chat.download(gentle))) as image:
            face, corner = (ImageStat.Stat(image.crop(box)) for box in ((190, 80, 250, 150), (10, 300, 110, 500)))
        assert face.mean[0] > 60
        assert face.stddev[0] > 10
        assert corner.mean[0] < 5


async def test_where_no_face_is_found_that_is_said(running_chat: RunningChat) -> None:
    """A plain red picture has no face."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        answer, _ = await painted(running_chat, chat)
        await press_result_button(chat, answer, EN("button-faces"))
        assert (await chat.wait(lambda message: message.text == EN("no-faces"))).reply_to == answer.id

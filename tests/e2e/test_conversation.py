"""The conversation, through the sandbox, with the real bot and its real engine."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from tests.support.chat_harness import press_result_button
from tests.support.conversation import answer_after, choose_size, choose_small, is_status, result
from tests.support.jobs import eventually
from tests.support.pencil import MIDDLE, Pencil, ellipse, jpeg
from tests.support.pictures import encoded
from tests.support.program import PATIENCE, Program, slowed
from tests.support.settings_menu import choose_setting

EN, RU = texts("en"), texts("ru")


async def test_two_photos_become_one_picture(program: Program, cat: bytes, glass: bytes) -> None:
    """Content, then style: one status message with progress, then the picture as a reply, of the content's shape."""
    async with Client(program.url, name="Two photos") as person:
        chat = await person.open()
        await choose_small(chat)
        request = (await chat.send_photos([cat]))[0]
        asked = await chat.wait(lambda message: message.reply_to == request.id)
        assert asked.text == EN("draft-content")
        await chat.send_photos([glass])
        with slowed(program.engine()):
            status = await chat.wait(is_status)
            progress = await chat.wait(
                lambda message: message.id == status.id and "%" in message.text, timeout=PATIENCE
            )
        assert is_status(progress)
        picture = await result(chat, request)
        with Image.open(io.BytesIO(await chat.download(picture))) as painted:
            assert painted.width / painted.height == pytest.approx(240 / 100, rel=0.01)
            assert max(painted.size) == 256

        async def status_is_gone() -> bool:
            return status.id not in [message.id for message in await chat.messages()]

        await eventually(status_is_gone)  # it is deleted once the picture is there


async def test_an_album_of_files_in_russian(program: Program, cat: bytes, glass: bytes) -> None:
    """Both at once, as image files, is the same; a Russian is answered in Russian."""
    async with Client(program.url, name="Альбом", language="ru") as person:
        chat = await person.open()
        await choose_small(chat)
        request = (await chat.send_photos([cat, glass], as_file=True))[0]
        status = await chat.wait(lambda message: message.reply_to == request.id)
        assert RU("button-cancel") in [button.text for row in status.buttons for button in row]
        picture = await result(chat, request)
        assert "секунд" in picture.text
        said = [message.text for message in await chat.messages() if message.from_bot]
        assert RU("draft-content") not in said  # an album is one request


async def test_the_picture_stands_as_the_photo_stood(program: Program, cat: bytes, glass: bytes) -> None:
    """The EXIF orientation of a phone's photo is applied."""
    with Image.open(io.BytesIO(cat)) as image:
        exif = Image.Exif()
        exif[0x0112] = 6  # "rotate 90° clockwise to view"
        lying = encoded(image, exif=exif)
    async with Client(program.url, name="Upright") as person:
        chat = await person.open()
        await choose_small(chat)
        request = (await chat.send_photos([lying, glass], as_file=True))[0]
        picture = await result(chat, request)
        assert picture.photo is not None
        assert picture.photo.width < picture.photo.height


async def test_settings_are_the_users_own_and_say_so(program: Program) -> None:
    """A press changes the menu in place; another person's settings stay as they were."""
    async with Client(program.url, name="Chooser") as person, Client(program.url, name="Other") as other:
        chat = await person.open()
        await chat.send("/settings")
        menu = await chat.wait(lambda message: bool(message.buttons))
        lines = {value: EN("setting-colors", value=EN(f"colors-{value}")) for value in ("style", "content")}
        await chat.press(menu, lines["style"])
        await chat.wait(lambda message: message.id == menu.id and EN("button-back") in str(message.buttons))
        assert (await chat.press(menu, EN("colors-content"))).text == EN("settings-saved")
        await chat.wait(lambda message: message.id == menu.id and lines["content"] in str(message.buttons))
        await chat.press(menu, lines["content"])
        chosen = f"• {EN('colors-content')}"
        await chat.wait(lambda message: message.id == menu.id and chosen in str(message.buttons))
        assert (await chat.press(menu, chosen)).text == EN("settings-saved")  # once more
        theirs = await other.open()
        await theirs.send("/settings")
        assert lines["style"] in str((await theirs.wait()).buttons)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("notes.txt", b"not a picture at all", "bad-not-image"),
        ("liar.jpg", b"%PDF-1.7", "bad-not-image"),
        ("half.png", encoded(Image.effect_noise((200, 200), 80), "PNG")[:4000], "bad-truncated"),
    ],
)
async def test_a_bad_file_gets_a_sentence(
    program: Program, tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    """The bot replies at once to a file that it cannot paint, and says why."""
    path = tmp_path / name
    path.write_bytes(data)
    async with Client(program.url, name=f"Bad {name}") as person:
        chat = await person.open()
        request = (await chat.send_photos([path], as_file=True))[0]
        answer = await chat.wait(lambda message: message.reply_to == request.id)
        assert answer.text == EN(sentence)


async def test_every_command_answers(program: Program) -> None:
    """A newcomer who tries everything is told something useful each time."""
    async with Client(program.url, name="Newcomer") as person:
        chat = await person.open()
        for text, answer in {
            "/start": EN("start"),
            "/style": EN("draft-empty"),
            "/queue": EN("queue-empty"),
            "/cancel": EN("cancel-nothing"),
            "what now?": EN("bad-no-photo"),
        }.items():
            await chat.send(text)
            assert (await chat.wait()).text == answer
        await chat.send("/help")
        assert "<b>" not in (await chat.wait()).text  # the markup is interpreted, not shown


async def test_cancel_forgets_the_draft_and_stops_the_job(program: Program, cat: bytes, glass: bytes) -> None:
    """/cancel forgets a waiting photo; the button stops the engine within seconds, and the status message says so."""
    async with Client(program.url, name="Hesitant") as person:
        chat = await person.open()
        await chat.send_photos([cat])
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send("/cancel")
        assert (await chat.wait()).text == EN("cancel-draft")
        await choose_small(chat)
        with slowed(program.engine()):
            await chat.send_photos([cat, glass])
            status = await chat.wait(is_status)
            await chat.wait(lambda message: message.id == status.id and "%" in message.text, timeout=PATIENCE)
        assert (await chat.press(status, EN("button-cancel"))).text == EN("cancel-done", count=1)
        final = await chat.wait(lambda message: message.id == status.id and not message.buttons)
        assert final.text == EN("cancelled")
        await chat.send("/queue")
        assert (await chat.wait(lambda message: message.id > status.id)).text == EN("queue-empty")


async def test_people_at_once_do_not_mix(program: Program, cat: bytes, glass: bytes) -> None:
    """Two people send at the same time: each gets one picture, of the shape of their own photo."""
    with Image.open(io.BytesIO(cat)) as image:
        tall = encoded(image.resize((100, 240)))

    async def paint(name: str, content: bytes) -> tuple[int, int]:
        async with Client(program.url, name=name) as person:
            chat = await person.open()
            await choose_small(chat)
            request = (await chat.send_photos([content, glass]))[0]
            picture = await result(chat, request)
            assert picture.photo is not None
            return picture.photo.width, picture.photo.height

    wide, high = await asyncio.gather(paint("Wide", cat), paint("High", tall))
    assert wide[0] > wide[1]
    assert high[0] < high[1]


@pytest.mark.refused("editMessageCaption", "there is no caption", always=False)  # the sketch is made, and not shown yet
async def test_too_many_waiting_pictures_are_refused_politely(program: Program, cat: bytes, glass: bytes) -> None:
    """The refusal names the quota; the jobs that were queued before stay, and can be cancelled all at once."""
    async with Client(program.url, name="Eager") as person:
        chat = await person.open()
        await choose_setting(chat, "Quality", EN("quality-fine"))
        accepted = 0
        refused = EN("too-many", limit=5)
        with slowed(program.engine()):  # so that none is finished before the sixth is sent
            while True:
                last = (await chat.send_photos([cat, glass]))[-1].id
                answer = await answer_after(chat, last)
                if answer.text == refused:
                    break
                accepted += 1
        assert accepted in (5, 6)  # five waiting, and one in work if the painter was free
        await chat.send("/cancel")
        assert (await chat.wait(lambda message: message.text == EN("cancel-done", count=accepted))).from_bot


async def test_a_sketch_comes_first_and_can_be_kept(program: Program, cat: bytes, glass: bytes) -> None:
    """One message shows the sketch, then the painting; who stops it gets what there is, and can continue it later."""
    async with Client(program.url, name="Sketcher") as person:
        chat = await person.open()
        await choose_setting(chat, "Quality", EN("quality-standard"))
        await choose_size(chat, 512)  # smaller pictures have no sketch
        with slowed(program.engine()):
            request = (await chat.send_photos([cat, glass]))[0]
            sketch = await chat.wait(
                lambda message: EN("sketching") in message.text and message.photo, timeout=PATIENCE
            )
        over = await chat.wait(lambda message: EN("painting-over") in message.text, timeout=PATIENCE)
        assert over.id == sketch.id
        await chat.press(over, EN("button-stop"))
        picture = await result(chat, request)
        assert EN("done-stopped") in picture.text
        assert picture.photo is not None
        assert picture.photo.width == 512
        assert (await chat.press(picture, EN("button-stronger"))).text == EN("going-on")
        await chat.wait(lambda message: EN("painting-on") in message.text, timeout=PATIENCE)
        await chat.send("/cancel")
        assert (await chat.wait(lambda message: message.text == EN("cancel-done", count=1))).from_bot


async def test_a_part_is_painted_and_the_rest_stays_the_photo(program: Program, cat: bytes, glass: bytes) -> None:
    """The bot asks for marks on the photo; only the encircled part is painted, also when the result is changed."""
    async with Client(program.url, name="Marker") as person:
        chat = await person.open()
        await choose_small(chat)
        whole = await result(chat, (await chat.send_photos([cat, glass]))[0])
        await press_result_button(chat, whole, EN("button-part"))
        asked = await chat.wait(lambda message: message.text == EN("part-how"))
        with Image.open(io.BytesIO(await chat.download(asked))) as shown:
            marked = jpeg(Pencil(shown, "#00e000").encircle().photo, 80)
        request = (await chat.send_photos([marked], reply_to=asked))[0]
        part = await result(chat, request)
        assert EN("choice-part") in part.text
        await assert_painted_in_the_middle(chat, part, cat)
        await chat.press(part, EN("button-softer"))
        await assert_painted_in_the_middle(chat, await result(chat, request), cat)


async def assert_painted_in_the_middle(chat: Chat, message: Message, content: bytes) -> None:
    """Check that a picture differs from the photo in an ellipse in its middle, and only there."""
    with Image.open(io.BytesIO(await chat.download(message))) as picture, Image.open(io.BytesIO(content)) as photo:
        painted, before = (np.asarray(each.convert("RGB").resize(photo.size), dtype=float) for each in (picture, photo))
    off = np.abs(painted - before).mean(axis=-1)
    inside, around = (np.asarray(ellipse(photo.size, box)) > 0 for box in (MIDDLE, (0.2, 0.15, 0.8, 0.85)))
    assert off[~around].mean() < 4
    assert off[inside].mean() > 20

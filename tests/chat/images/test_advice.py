"""What will disappoint is said before painting, with a button for something better."""

from __future__ import annotations

import pytest
import skimage.data
from PIL import Image, ImageDraw, ImageFilter

from bot.chat.buttons.job import remedy
from bot.chat.callbacks import Remedy
from bot.chat.i18n import texts
from bot.chat.images.advice import look
from bot.chat.keyboards import status_keyboard
from bot.presets.catalogue import DRAWN
from bot.sandbox.client import Client
from bot.storage.models import Recipe, State
from tests.support.chat_harness import RunningChat, picture
from tests.support.fakes import FakeJobStore, a_job, fake_stores
from tests.support.pictures import encoded
from tests.support.requests import fake_bot, message, press, said, services

EN = texts("en")


CAT = Image.fromarray(skimage.data.chelsea())
GLASS = DRAWN["stained-glass"]()


def cartoon() -> Image.Image:
    """Return a flat drawing."""
    image = Image.new("RGB", (500, 500), "white")
    ImageDraw.Draw(image).ellipse((80, 80, 420, 420), fill="yellow", outline="black", width=8)
    return image


@pytest.mark.parametrize(
    ("content", "style", "advice"),
    [
        (CAT, GLASS, ""),
        (CAT, cartoon(), "style-flat"),
        (CAT, GLASS.resize((150, 150)), "style-tiny"),
        (CAT.filter(ImageFilter.GaussianBlur(4)), GLASS, "content-blurred"),
        (CAT.resize((900, 200)), GLASS, "content-long"),
    ],
)
async def test_pictures_that_will_disappoint_get_advice(content: Image.Image, style: Image.Image, advice: str) -> None:
    """A flat drawing, a thumbnail, a blurred photo, a panorama; good pictures get no advice."""
    assert look(encoded(content), encoded(style)) == advice


@pytest.mark.parametrize("name", DRAWN)
def test_presets_get_no_advice(name: str) -> None:
    """None of the styles that we draw."""
    assert look(encoded(CAT), encoded(DRAWN[name]())) == ""


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_advice_understands_every_mode_of_pictures(mode: str) -> None:
    """Every mode that the bot accepts is understood."""
    data = encoded(Image.new(mode, (400, 300)), "PNG")
    assert look(data, data) == "style-flat"


def test_advice_that_fails_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is optional."""

    def fail(*_: object) -> None:
        raise RuntimeError("no reason")

    monkeypatch.setattr("bot.chat.images.advice._of_content", fail)
    assert look(encoded(CAT), None) == ""


async def test_a_flat_style_can_be_replaced_with_two_presses(running_chat: RunningChat) -> None:
    """The status message has the advice; the job is cancelled, and one with the chosen preset takes its place."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([encoded(CAT), picture(400, 400)])
        status = await chat.wait(lambda message: EN("advice-style-flat") in message.text)
        await chat.press(status, EN("button-other"))
        offer = await chat.wait(lambda message: message.text == EN("other"))
        await chat.press(offer, next(button.data for row in offer.buttons for button in row if "oil" in button.data))
        job = await running_chat.claim()
        assert job.style == "oil-swirl"
        assert await running_chat.stores.work.claim("test") is None
        await chat.wait(lambda message: message.id == status.id and message.text == EN("cancelled"), after=0)


@pytest.mark.parametrize(
    ("advice", "recipe"), [("content-long", Recipe(size=1024)), ("content-blurred", Recipe(strokes="large"))]
)
async def test_the_button_of_the_advice_paints_by_a_better_recipe(advice: str, recipe: Recipe) -> None:
    """A long photo is painted larger, a blurred one with larger strokes, in place of what was asked for first."""
    data = encoded(CAT)
    bot, jobs = fake_bot({"content": data, "style": data}), FakeJobStore(a_job(advice=advice))
    [[*_, [button]]] = [status_keyboard(jobs.jobs[1], EN).inline_keyboard]
    assert (button.text, button.callback_data) == (EN(f"button-{advice}"), "remedy:1")
    await remedy(press(bot, services(fake_stores(jobs=jobs)), message(bot)), Remedy(1))
    assert said(bot)[0] == EN("on-it")
    assert [new.recipe for new in jobs.queued] == [recipe]
    assert jobs.jobs[1].state is State.CANCELLED


async def test_a_long_photo_is_painted_larger_with_one_press(running_chat: RunningChat) -> None:
    """The advice is in the status message of the first job, which is cancelled."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([encoded(CAT.resize((900, 200))), encoded(GLASS)], as_file=True)
        status = await chat.wait(lambda message: EN("advice-content-long") in message.text)
        assert (await chat.press(status, EN("button-content-long"))).text == EN("on-it")
        job = await running_chat.claim()
        assert job.recipe == Recipe(size=1024)
        assert await running_chat.stores.work.claim("test") is None
        await chat.wait(lambda message: message.id == status.id and message.text == EN("cancelled"), after=0)

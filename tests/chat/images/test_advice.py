"""What will disappoint is said before the painting, with a way out."""

from __future__ import annotations

import io

import pytest
import skimage.data
from PIL import Image, ImageDraw, ImageFilter

from bot.chat.i18n import texts
from bot.chat.images.advice import look
from bot.presets.catalogue import DRAWN
from bot.sandbox.client import Client
from bot.storage.models import Recipe
from tests.support.chat_harness import Stage, picture

EN = texts("en")


def encoded(image: Image.Image, kind: str = "JPEG") -> bytes:
    """Return the bytes of a picture file."""
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


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
        *[(CAT, draw(), "") for draw in DRAWN.values()],
    ],
)
async def test_the_coach_sees_what_a_painter_would(content: Image.Image, style: Image.Image, advice: str) -> None:
    """A flat cartoon, a thumbnail, a blurred photo, a panorama; and never a fuss about good pictures."""
    assert look(encoded(content), encoded(style)) == advice


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_any_kind_of_picture_can_be_looked_at(mode: str) -> None:
    """What the bot has taken, the coach understands."""
    data = encoded(Image.new(mode, (400, 300)), "PNG")
    assert look(data, data) == "style-flat"


async def test_a_flat_style_can_be_replaced_with_two_taps(stage: Stage) -> None:
    """The advice stands in the status message; the job is cancelled for the one with a better style."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await chat.send_photos([encoded(CAT), picture(400, 400)])
        status = await chat.wait(lambda message: EN("advice-style-flat") in message.text)
        await chat.press(status, EN("button-other"))
        offer = await chat.wait(lambda message: message.text == EN("other"))
        await chat.press(offer, next(button.data for row in offer.buttons for button in row if "oil" in button.data))
        job = await stage.claim()
        assert job.style == "oil-swirl"
        assert await stage.stores.work.claim("test") is None
        await chat.wait(lambda message: message.id == status.id and message.text == EN("cancelled"), after=0)


@pytest.mark.parametrize(
    ("photo", "advice", "recipe"),
    [
        (CAT.resize((900, 200)), "content-long", Recipe(size=1024)),
        (CAT.filter(ImageFilter.GaussianBlur(4)), "content-blurred", Recipe(strokes="large")),
    ],
)
async def test_what_helps_is_on_a_button(stage: Stage, photo: Image.Image, advice: str, recipe: Recipe) -> None:
    """A long photo is painted larger, a blurred one with larger strokes, in place of what was asked for first."""
    async with Client(stage.url) as ann:
        chat = await ann.open()
        await chat.send_photos([encoded(photo), encoded(GLASS)], as_file=True)
        status = await chat.wait(lambda message: EN(f"advice-{advice}") in message.text)
        assert (await chat.press(status, EN(f"button-{advice}"))).text == EN("on-it")
        job = await stage.claim()
        assert job.recipe == recipe
        assert await stage.stores.work.claim("test") is None
        await chat.wait(lambda message: message.id == status.id and message.text == EN("cancelled"), after=0)

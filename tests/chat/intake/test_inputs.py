"""Everything that counts as a picture: photos, files, stickers, videos, animations."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence

import pytest
from PIL import Image
from skimage import data

from bot.chat.i18n import texts
from bot.sandbox.client import Client, Message
from tests.support.chat_harness import RunningChat, picture
from tests.support.pictures import encoded
from tests.support.videos import video

EN = texts("en")
CAT = Image.fromarray(data.chelsea())  # 451×300
ROCKET = Image.fromarray(data.rocket())  # 640×427


def sized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture at a size whose sides are even, as H.264 requires."""
    return image.resize(size, Image.Resampling.LANCZOS)


async def painted(running_chat: RunningChat, *, styles: int = 1) -> Sequence[Image.Image]:
    """Complete the next job; return its content and its styles."""
    job = await running_chat.claim()
    assert len(job.styles) == styles
    found = [Image.open(io.BytesIO(await running_chat.stores.blobs.get(blob))) for blob in (job.content, *job.styles)]
    await running_chat.finish(job)
    return [image.convert("RGB") for image in found]


def alike(found: Image.Image, wanted: Image.Image, *, off: float) -> bool:
    """Return whether two pictures show the same: the mean difference of their values is below `off`, of 255."""
    one, other = (list(image.convert("RGB").resize((16, 12)).tobytes()) for image in (found, wanted))
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one) < off


async def test_a_sticker_is_painted(running_chat: RunningChat) -> None:
    """As content and as style, at the 512 pixels that Telegram keeps."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_sticker(encoded(CAT, "PNG"))
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send_sticker(encoded(ROCKET, "PNG"))
        content, style = await painted(running_chat)
        assert (content.size, alike(content, CAT, off=6)) == ((512, 341), True)
        assert (alike(style, ROCKET, off=6), alike(style, CAT, off=6)) == (True, False)
        await chat.wait(lambda message: message.photo is not None)


@pytest.mark.parametrize(
    "moving",
    [
        video([sized(CAT, (450, 300)), sized(ROCKET, (450, 300))], sound=True),
        video([sized(CAT, (450, 300)), sized(ROCKET, (450, 300))]),
        encoded(CAT, "GIF", save_all=True, append_images=[sized(ROCKET, CAT.size)], duration=200),
    ],
    ids=["video", "silent", "gif"],
)
async def test_the_first_frame_of_a_video_is_painted(running_chat: RunningChat, moving: bytes) -> None:
    """A video and an animation by the thumbnail that Telegram makes, a GIF by its first frame."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([moving])
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send_photos([picture()])
        content, _ = await painted(running_chat)
        assert (alike(content, CAT, off=14), alike(content, ROCKET, off=30)) == (True, False)
        assert content.width / content.height == pytest.approx(1.5, abs=0.02)
        await chat.wait(lambda message: message.photo is not None)


async def test_moving_stickers(running_chat: RunningChat) -> None:
    """A video sticker is taken by its thumbnail; one without a thumbnail is refused, and is not in the draft."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_sticker(gzip.compress(b"{}"))
        await chat.wait(lambda message: message.text == EN("bad-not-image"))
        await chat.send_sticker(video([sized(CAT, (450, 300))], kind="webm"))
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send_photos([picture()])
        content, _ = await painted(running_chat)
        assert alike(content, CAT, off=14)


async def test_a_group_by_replies(running_chat: RunningChat) -> None:
    """In a group, /style in reply to a sticker, and a video in reply to the bot, make one job."""
    async with Client(running_chat.url) as ann:
        me = (await ann.call("GET", "/api/bots"))["bots"][0]["id"]
        made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Glaziers", "members": [me]})
        group = ann.chat(made["key"])
        sticker = await group.send_sticker(encoded(CAT, "PNG"))
        await group.send("/style", reply_to=sticker)
        question: Message = await group.wait(lambda message: message.reply_to is not None)
        await group.send_photos([video([sized(ROCKET, (640, 428))], sound=True)], reply_to=question)
        content, style = await painted(running_chat)
        assert (alike(content, CAT, off=6), alike(style, ROCKET, off=14)) == (True, True)
        await group.wait(lambda message: message.photo is not None)

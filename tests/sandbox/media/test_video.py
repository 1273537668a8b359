"""Videos, animations and stickers of people and of bots."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image

from bot.sandbox.client import Chat, Client, SandboxError
from tests.support.sandbox_client import Api, RefusedError
from tests.support.videos import plain_picture, rotated, video

Download = Callable[[str], Awaitable[Image.Image]]
TRAFFIC = [Image.new("RGB", (64, 48), color) for color in ("red", "yellow", "green", "green")]
RED, GREEN = (254, 0, 0), (0, 128, 0)


@pytest.fixture
def download(ann: Client) -> Download:
    """A function that returns a picture by its file_id."""

    async def opened(file_id: str) -> Image.Image:
        return Image.open(io.BytesIO(await ann.bytes_of(file_id)))

    return opened


async def test_a_silent_film_is_an_animation(api: Api, chat: Chat, download: Download) -> None:
    """Its bytes are unchanged; the message has its sides, its duration and the first frame as thumbnail."""
    data = video(TRAFFIC)
    sent = (await chat.send_photos([data], "look"))[0]
    message = await api.update("message")
    found = message["animation"]
    assert (message["caption"], found["mime_type"]) == ("look", "video/mp4")
    assert (found["width"], found["height"], found["duration"]) == (64, 48, 1)
    assert message["document"]["file_id"] == found["file_id"]
    assert await chat.download(sent) == data
    first = await download(found["thumbnail"]["file_id"])
    assert first.getpixel((30, 20)) == pytest.approx(RED, abs=12)


async def test_a_film_with_sound_is_a_video(api: Api, chat: Chat) -> None:
    """Also the video of a phone that was held upright, whose thumbnail is upright too."""
    await chat.send_photos([rotated(video(TRAFFIC, sound=True))])
    found = (await api.update("message"))["video"]
    assert (found["width"], found["height"]) == (48, 64)
    assert (found["thumbnail"]["width"], found["thumbnail"]["height"]) == (48, 64)


async def test_a_photo_and_a_video_make_an_album(api: Api, chat: Chat, ann: Client) -> None:
    """An album of a person, and an album of a bot."""
    sent = await chat.send_photos([plain_picture((300, 200), "JPEG"), video(TRAFFIC, sound=True)])
    assert len({message.album for message in sent}) == 1
    media = [{"type": "photo", "media": "attach://a"}, {"type": "video", "media": "attach://b"}]
    files = {"a": ("a.jpg", plain_picture((300, 200), "JPEG")), "b": ("b.mp4", video(TRAFFIC))}
    answered = await api.call("sendMediaGroup", files=files, chat_id=str(ann.id), media=json.dumps(media))
    assert ["photo" in answered[0], "video" in answered[1]] == [True, True]


async def test_animations_come_one_by_one(chat: Chat) -> None:
    """Telegram does not make albums of animations."""
    sent = await chat.send_photos([video(TRAFFIC), video(TRAFFIC)])
    assert [message.album for message in sent] == [None, None]


@pytest.mark.parametrize("data", [video(TRAFFIC)[:400], b"\0\0\0\x18ftypmp42" + bytes(99), b"GIF89a" + bytes(30)])
async def test_a_broken_film_is_a_document(api: Api, chat: Chat, ann: Client, data: bytes) -> None:
    """A video that cannot be played becomes a document, of people and of bots."""
    sent = (await chat.send_photos([data]))[0]
    assert (sent.document is not None, sent.video, sent.animation) == (True, None, None)
    answered = await api.call("sendVideo", files={"video": ("a.mp4", data)}, chat_id=str(ann.id))
    assert ("document" in answered, "video" in answered) == (True, False)


async def test_a_picture_becomes_a_sticker(api: Api, chat: Chat, download: Download) -> None:
    """A sticker is WebP with a longest side of 512 pixels, and has no caption."""
    await chat.send_sticker(plain_picture((300, 150)))
    found = (await api.update("message"))["sticker"]
    assert (found["width"], found["height"], found["type"]) == (512, 256, "regular")
    assert (found["is_animated"], found["is_video"]) == (False, False)
    assert (await download(found["file_id"])).format == "WEBP"
    with pytest.raises(SandboxError, match="a sticker has no caption"):
        await chat._send("words", [plain_picture((300, 200))], form="sticker", reply_to=None)
    with pytest.raises(SandboxError, match="IMAGE_PROCESS_FAILED"):
        await chat.send_sticker(b"no picture")


async def test_moving_stickers(api: Api, chat: Chat, download: Download) -> None:
    """A WebM sticker has its first frame as thumbnail; a TGS sticker has none, because the sandbox cannot draw it."""
    await chat.send_sticker(video(TRAFFIC[::-1], kind="webm"))
    found = (await api.update("message"))["sticker"]
    assert (found["is_video"], found["is_animated"]) == (True, False)
    first = await download(found["thumbnail"]["file_id"])
    assert first.getpixel((30, 20)) == pytest.approx(GREEN, abs=12)
    await chat.send_sticker(gzip.compress(b"{}"))
    found = (await api.update("message"))["sticker"]
    assert (found["is_video"], found["is_animated"], "thumbnail" in found) == (False, True, False)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (plain_picture((300, 200)), "STICKER_FILE_INVALID"),
        (video(TRAFFIC), "STICKER_FILE_INVALID"),
        (b"\x1a\x45\xdf\xa3" + bytes(99), "STICKER_FILE_INVALID"),
        (plain_picture((513, 20), "WEBP"), "STICKER_PNG_DIMENSIONS"),
        (b"", "file must be non-empty"),
    ],
    ids=["png", "mp4", "broken", "large", "empty"],
)
async def test_what_is_no_sticker(api: Api, chat: Chat, ann: Client, data: bytes, words: str) -> None:
    """A file that Telegram would send as a document is refused."""
    with pytest.raises(RefusedError, match=words):
        await api.call("sendSticker", files={"sticker": ("a.webp", data)}, chat_id=str(ann.id))


async def test_a_sticker_stays_as_it_is(api: Api, chat: Chat, ann: Client) -> None:
    """Media and caption of a sticker cannot be edited, and its id cannot be sent as a photo; it can be copied."""
    sent = await api.call(
        "sendSticker", files={"sticker": ("a.webp", plain_picture((300, 200), "WEBP"))}, chat_id=str(ann.id)
    )
    place = {"chat_id": ann.id, "message_id": sent["message_id"]}
    media = {"type": "photo", "media": sent["sticker"]["file_id"]}
    with pytest.raises(RefusedError, match="message media can't be edited"):
        await api.call("editMessageMedia", media=media, **place)
    with pytest.raises(RefusedError, match="there is no caption in the message to edit"):
        await api.call("editMessageCaption", caption="x", **place)
    with pytest.raises(RefusedError, match="can't use file of type Sticker as Photo"):
        await api.call("sendPhoto", chat_id=ann.id, photo=sent["sticker"]["file_id"])
    copied = await api.call("copyMessage", chat_id=ann.id, from_chat_id=ann.id, message_id=sent["message_id"])
    assert (await chat.messages())[-1].sticker is not None
    assert copied["message_id"] > sent["message_id"]


async def test_privacy_hides_a_sticker(api: Api, ann: Client) -> None:
    """In a group a bot does not get a sticker, unless it replies to the bot."""
    made = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "G", "members": [123456]})
    group = ann.chat(made["key"])
    await api.pending()
    await group.send_sticker(plain_picture((300, 200)))
    assert await api.pending() == []
    said = await api.call("sendMessage", chat_id=made["id"], text="yes?")
    await group.send_sticker(plain_picture((300, 200)), reply_to=said["message_id"])
    assert [list(update)[1] for update in await api.pending()] == ["message"]

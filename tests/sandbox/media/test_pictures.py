"""Pictures: the sizes of photos, documents, limits, and files that are forgotten."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.sandbox.client import Chat, Client, SandboxError
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.sandbox_client import TOKEN, Api, RefusedError
from tests.support.videos import plain_picture, video


def bilevel(size: tuple[int, int]) -> bytes:
    """Return a PNG that has many pixels in few bytes."""
    buffer = io.BytesIO()
    Image.new("1", size).save(buffer, "PNG")
    return buffer.getvalue()


async def download(api: Api, file_id: str) -> bytes:
    """Return the bytes of a file, as a bot gets them."""
    file = await api.call("getFile", file_id=file_id)
    return (await api.http.get(f"/file/bot{TOKEN}/{file['file_path']}")).content


async def test_a_photo_becomes_jpeg_sizes(api: Api, chat: Chat) -> None:
    """The sizes ascend to at most 2560 pixels; each is a JPEG with the sides that the message says."""
    await chat.send_photos([plain_picture((3200, 2000))], "a wall")
    message = await api.update("message")
    assert message["caption"] == "a wall"
    sides = [(size["width"], size["height"]) for size in message["photo"]]
    assert sides == [(90, 56), (320, 200), (800, 500), (1280, 800), (2560, 1600)]
    for size in message["photo"]:
        data = await download(api, size["file_id"])
        with Image.open(io.BytesIO(data)) as picture:
            assert (picture.format, picture.size) == ("JPEG", (size["width"], size["height"]))
        assert len(data) == size["file_size"]
    assert len({size["file_unique_id"] for size in message["photo"]}) == 5


async def test_a_photo_stands_upright(api: Api, chat: Chat) -> None:
    """EXIF orientation is applied, as Telegram's clients apply it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    await chat.send_photos([plain_picture((200, 100), "JPEG", exif=exif)])
    biggest = (await api.update("message"))["photo"][-1]
    assert (biggest["width"], biggest["height"]) == (100, 200)


async def test_a_picture_sent_as_file_is_untouched(api: Api, chat: Chat) -> None:
    """A document keeps its bytes and its name, and has a thumbnail."""
    data = plain_picture((640, 480))
    await chat.send_photos([data], as_file=True)
    document = (await api.update("message"))["document"]
    assert await download(api, document["file_id"]) == data
    assert document["mime_type"] == "image/png"
    assert document["thumbnail"]["width"] == 320


async def test_an_album_is_several_messages(api: Api, chat: Chat) -> None:
    """Each photo is an update of its own with the same media_group_id; the first has the caption."""
    sent = await chat.send_photos([plain_picture((50, 50)), plain_picture((60, 60))], "both")
    assert len({message.album for message in sent}) == 1
    found = [update["message"] for update in await api.updates()]
    assert [message.get("caption") for message in found] == ["both", None]
    assert len({message["media_group_id"] for message in found}) == 1


async def test_a_file_id_can_be_sent_again(api: Api, chat: Chat, ann: Client) -> None:
    """A bot can send a file again by its file_id, as the same kind of media only."""
    first = await api.call("sendPhoto", files={"photo": ("x.png", plain_picture((300, 200)))}, chat_id=str(ann.id))
    file_id = first["photo"][-1]["file_id"]
    again = await api.call("sendPhoto", chat_id=ann.id, photo=file_id, has_spoiler=True)
    assert [size["file_unique_id"] for size in again["photo"]] == [size["file_unique_id"] for size in first["photo"]]
    assert again["photo"][-1]["file_id"] != file_id  # a file has several ids
    assert again["has_media_spoiler"] is True
    with pytest.raises(RefusedError, match="can't use file of type Photo as Document"):
        await api.call("sendDocument", chat_id=ann.id, document=file_id)


async def test_people_hide_what_can_be_hidden(api: Api, chat: Chat, ann: Client, tmp_path: Path) -> None:
    """A photo and a video can be under a spoiler, another file cannot; the ids can be sent without a spoiler."""
    await chat.send_photos([plain_picture((300, 200)), video([Image.new("RGB", (64, 48))])], spoiler=True)
    photo, moving = await api.update("message"), await api.update("message")
    assert photo["has_media_spoiler"] is moving["has_media_spoiler"] is True
    again = await api.call("sendPhoto", chat_id=ann.id, photo=photo["photo"][-1]["file_id"])
    assert "has_media_spoiler" not in again
    note = tmp_path / "note.txt"
    note.write_text("a note")
    await chat.send_photos([note], spoiler=True)
    assert "has_media_spoiler" not in await api.update("message")


async def test_text_turns_into_a_picture(api: Api, chat: Chat, ann: Client) -> None:
    """An edit makes a photo of a text message; an edit with the same bytes is refused as no change."""
    sent = await api.call("sendMessage", chat_id=ann.id, text="painting")
    place: dict[str, Any] = {"chat_id": str(ann.id), "message_id": str(sent["message_id"])}
    media = json.dumps({"type": "photo", "media": "attach://picture", "caption": "done"})
    files = {"picture": ("x.jpg", plain_picture((300, 200)))}
    edited = await api.call("editMessageMedia", files=files, media=media, **place)
    assert (edited["caption"], "text" in edited) == ("done", False)
    with pytest.raises(RefusedError, match="message is not modified"):
        await api.call("editMessageMedia", files=files, media=media, **place)
    with pytest.raises(RefusedError, match="there is no text in the message to edit"):
        await api.call("editMessageText", text="back", **place)
    captioned = await api.call("editMessageCaption", caption="still done", **place)
    assert captioned["photo"] == edited["photo"]


async def test_an_animation_is_also_a_document(api: Api, chat: Chat, ann: Client) -> None:
    """The message of a GIF has its sides and its duration, and the field `document` that older bots read."""
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=500)
    sent = await api.call("sendAnimation", files={"animation": ("a.gif", buffer.getvalue())}, chat_id=str(ann.id))
    assert (sent["animation"]["width"], sent["animation"]["height"], sent["animation"]["duration"]) == (40, 30, 2)
    assert sent["document"]["file_id"] == sent["animation"]["file_id"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (plain_picture((600, 400))[:300], "IMAGE_PROCESS_FAILED"),
        (plain_picture((9000, 1001)), "PHOTO_INVALID_DIMENSIONS"),
        (plain_picture((2100, 100)), "PHOTO_INVALID_DIMENSIONS"),
        (b"", "file must be non-empty"),
        (b"\xff" * (10 * 2**20 + 1), "is too big for a photo"),
    ],
    ids=["text", "truncated", "sides", "ratio", "empty", "bytes"],
)
async def test_photos_within_telegrams_limits(api: Api, chat: Chat, data: bytes, words: str) -> None:
    """At most 10 MB, width + height of 10,000 and a ratio of 20; people are refused in the same words."""
    with pytest.raises(RefusedError, match=words):
        await api.call("sendPhoto", files={"photo": ("x.png", data)}, chat_id=str(chat.client.id))
    with pytest.raises(SandboxError, match=words):
        await chat.send_photos([b"\x89PNG" + data[4:] if data else data])


async def test_a_bomb_is_not_opened(api: Api, chat: Chat) -> None:
    """A decompression bomb, a small file with many pixels, is refused before it is decoded."""
    bomb = bilevel((20_000, 20_000))
    assert len(bomb) < 2 * 2**20
    with pytest.raises(RefusedError, match=r"IMAGE_PROCESS_FAILED|PHOTO_INVALID_DIMENSIONS"):
        await api.call("sendPhoto", files={"photo": ("x.png", bomb)}, chat_id=str(chat.client.id))
    sent = await api.call("sendDocument", files={"document": ("x.png", bomb)}, chat_id=str(chat.client.id))
    assert "thumbnail" not in sent["document"]


async def test_big_files_cannot_be_downloaded(api: Api, chat: Chat) -> None:
    """Downloads stop at 20 MB, uploads at 50 MB."""
    await chat.send_photos([bytes(20 * 2**20 + 1)], as_file=True)
    document = (await api.update("message"))["document"]
    with pytest.raises(RefusedError, match="Bad Request: file is too big"):
        await api.call("getFile", file_id=document["file_id"])
    huge = {"document": ("x.bin", bytes(50 * 2**20 + 1))}
    with pytest.raises(RefusedError, match="413 Request Entity Too Large"):
        await api.call("sendDocument", files=huge, chat_id=str(chat.client.id))


async def test_the_oldest_files_make_room() -> None:
    """Memory stays within the cap, and a forgotten file is refused in Telegram's words."""
    world = World(file_cap=100_000)
    async with running(world) as url, Api(url, TOKEN) as api, Client(url) as ann:
        chat = await ann.open()
        await chat.send_photos([bytes(40_000)], as_file=True)
        first = (await api.update("message"))["document"]["file_id"]
        for _ in range(5):
            await chat.send_photos([bytes(40_000)], as_file=True)
        assert world.files.size <= 100_000
        with pytest.raises(RefusedError, match="wrong file_id or the file is temporarily unavailable"):
            await api.call("getFile", file_id=first)
        with pytest.raises(RefusedError, match="Bad Request: wrong file identifier/HTTP URL specified"):
            await api.call("sendDocument", chat_id=ann.id, document=first)

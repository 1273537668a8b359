"""A photo in a message: found, downloaded and checked before anything relies on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from telegram import Bot, Document, Message, PhotoSize, Sticker
from telegram.error import TelegramError

from bot.chat.context import Request
from bot.chat.errors import BadPictureError
from bot.chat.images.check import check
from bot.chat.images.decoding import in_child
from bot.storage.models import Source

MAX_FILE_BYTES = 20_000_000  # Bot API, getFile: the largest file that a bot can download
FETCH_TRIES = 3
FILE = "file:"  # how a source names a file at Telegram


@dataclass(frozen=True)
class Attachment:
    """A photo or an image file as a message names it. The client declares type and size: they may be wrong."""

    file_id: str
    file_size: int
    spoiler: bool = False  # the sender has hidden it

    @property
    def source(self) -> Source:
        """Where it can be fetched again."""
        return Source(f"{FILE}{self.file_id}")


def attachment(message: Message) -> Attachment | None:
    """Return the photo, image file or sticker of a message, or the still picture of a video; None if it has none."""
    file = _file(message)
    return Attachment(file.file_id, file.file_size or 0, bool(message.has_media_spoiler)) if file else None


def _file(message: Message) -> PhotoSize | Document | Sticker | None:
    if message.photo:
        return message.photo[-1]
    if sticker := message.sticker:
        return sticker.thumbnail if sticker.is_animated or sticker.is_video else sticker
    if video := message.video or message.video_note:
        return video.thumbnail
    if message.animation and message.animation.mime_type != "image/gif":  # a GIF itself can be opened, at full size
        return message.animation.thumbnail
    return message.document


async def receive(request: Request, found: Attachment) -> bytes:
    """Download and check a photo that a user has sent; the operator's own check comes first.

    Raises:
        BadPictureError: it cannot be downloaded, or is not to be used.
    """
    data = await fetch(request.bot, found)
    if request.services.moderate is not None:
        await request.services.moderate(data)
    return data


async def fetch(bot: Bot, found: Attachment) -> bytes:
    """Download an attachment and make sure that it is a picture.

    Raises:
        BadPictureError: it is too large, cannot be downloaded, or is no usable picture.
    """
    if found.file_size > MAX_FILE_BYTES:
        raise BadPictureError("bad-file-size", limit=MAX_FILE_BYTES // 1_000_000)
    data = await _download(bot, found.file_id)
    await in_child(check, data)
    return data


async def _download(bot: Bot, file_id: str) -> bytes:
    for attempt in range(1, FETCH_TRIES + 1):
        try:
            file = await bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            if attempt == FETCH_TRIES:
                raise BadPictureError("download-failed") from error
            await asyncio.sleep(attempt)
    raise AssertionError("unreachable")

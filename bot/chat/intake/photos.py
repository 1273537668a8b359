"""A picture in a message: found, fetched and looked at before anyone relies on it."""

from __future__ import annotations

import asyncio
import io
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError
from telegram import Bot, Document, Message, PhotoSize, Sticker
from telegram.error import TelegramError

MAX_FILE_BYTES = 20_000_000  # what the Bot API lets a bot download
MAX_PIXELS = 64_000_000
MIN_EDGE = 16
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
FETCH_TRIES = 3

# Decoding takes memory in proportion to the picture, so only a few are looked at at a time.
_looking = asyncio.Semaphore(2)


class BadPictureError(Exception):
    """A picture that cannot be used. Carries the name and the values of the sentence for its sender."""

    def __init__(self, name: str, **values: str | int) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


@dataclass(frozen=True)
class Attachment:
    """A photo or an image file as a message names it. The type and size are the client's word, nothing more."""

    file_id: str
    file_size: int
    spoiler: bool = False  # its sender has hidden it


def attachment(message: Message) -> Attachment | None:
    """Return the picture that a message carries: a photo, an image file, a sticker, or the first look of a video."""
    file = _file(message)
    return Attachment(file.file_id, file.file_size or 0, bool(message.has_media_spoiler)) if file else None


def _file(message: Message) -> PhotoSize | Document | Sticker | None:
    if message.photo:
        return message.photo[-1]
    if sticker := message.sticker:
        return sticker.thumbnail if sticker.is_animated or sticker.is_video else sticker
    if moving := message.video or message.video_note:
        return moving.thumbnail
    if message.animation and message.animation.mime_type != "image/gif":  # a GIF is opened itself, at full size
        return message.animation.thumbnail
    return message.document


async def fetch(bot: Bot, found: Attachment) -> bytes:
    """Download an attachment and make sure that it is a picture.

    Raises:
        BadPictureError: too big, not to be had, or not a usable picture.
    """
    if found.file_size > MAX_FILE_BYTES:
        raise BadPictureError("bad-file-size", limit=MAX_FILE_BYTES // 1_000_000)
    data = await _download(bot, found.file_id)
    async with _looking:
        await asyncio.to_thread(inspect, data)
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


def inspect(data: bytes) -> None:
    """Check that `data` is a whole picture of a known format and a size that can be worked with.

    Raises:
        BadPictureError: it is not.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_size(*image.size)
            image.draft("RGB", (512, 512))  # a JPEG is decoded small: the check needs its bytes, not its detail
            image.load()
    except UnidentifiedImageError as error:
        raise BadPictureError("bad-not-image") from error
    except Image.DecompressionBombError as error:
        raise BadPictureError("bad-too-large", megapixels="> 64", limit=MAX_PIXELS // 1_000_000) from error
    except BadPictureError:
        raise
    except Exception as error:
        raise BadPictureError("bad-truncated") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        megapixels = round(width * height / 1_000_000)
        raise BadPictureError("bad-too-large", megapixels=str(megapixels), limit=MAX_PIXELS // 1_000_000)
    if min(width, height) < MIN_EDGE:
        raise BadPictureError("bad-too-small", width=width, height=height, limit=MIN_EDGE)

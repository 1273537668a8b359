"""What Telegram learns of moving pictures and stickers: sides, seconds, and the picture they begin with.

Everything here is blocking and meant for a thread.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from bot.sandbox.errors import bad_request
from bot.sandbox.pictures import PIXELS, Size, opened, rendition, thumbnail

GIF, TGS, WEBM = b"GIF8", b"\x1f\x8b", b"\x1a\x45\xdf\xa3"
STICKER_EDGE = 512  # "Stickers": no side longer, and at most 512 KB
STICKER_BYTES = 512 * 1024
FRAMES = 1000  # of a GIF that are counted


@dataclass(frozen=True)
class Motion:
    """What a message says about its film; `cover` is its first frame, small."""

    width: int
    height: int
    duration: int
    sound: bool
    cover: Size | None


def motion(data: bytes) -> Motion | None:
    """What a GIF, an MP4 or a WebM shows; None when it is none of these, or broken."""
    try:
        return _gif(data) if data.startswith(GIF) else _film(data)
    except Exception:  # noqa: BLE001 - both decoders raise a dozen kinds for broken files, all mean the same here
        return None


def _gif(data: bytes) -> Motion:
    with opened(data) as picture:
        milliseconds = 0
        for frame in range(min(getattr(picture, "n_frames", 1), FRAMES)):
            picture.seek(frame)
            milliseconds += int(picture.info.get("duration", 0))
        return Motion(picture.width, picture.height, round(milliseconds / 1000), False, thumbnail(data))


def _film(data: bytes) -> Motion:
    import av

    # named, so that no playlist is taken for a film: it could lead the decoder elsewhere
    demuxer = "matroska" if data.startswith(WEBM) else "mov"
    with av.open(io.BytesIO(data), "r", demuxer) as film:
        stream = film.streams.video[0]
        if stream.width * stream.height > PIXELS:
            raise ValueError("too many pixels")
        frame = next(film.decode(stream))
        first = frame.to_image().rotate(frame.rotation, expand=True)  # phones film upright by saying so
        seconds = round((film.duration or 0) / av.time_base)
        return Motion(first.width, first.height, seconds, bool(film.streams.audio), rendition(first, 320))


@dataclass(frozen=True)
class Sticker:
    """What a message says about a sticker."""

    width: int
    height: int
    mime: str
    cover: Size | None


def sticker(data: bytes) -> Sticker:
    """The kind and the sides of a sticker file; one that Telegram would make a plain file of is refused."""
    if data.startswith(TGS):
        return Sticker(STICKER_EDGE, STICKER_EDGE, "application/x-tgsticker", None)
    if data.startswith(WEBM):
        film = motion(data)
        found = Sticker(film.width, film.height, "video/webm", film.cover) if film else None
    else:
        found = _still(data)
    if found is None or len(data) > STICKER_BYTES:
        raise bad_request("STICKER_FILE_INVALID")
    if max(found.width, found.height) > STICKER_EDGE:
        raise bad_request("STICKER_PNG_DIMENSIONS")
    return found


def _still(data: bytes) -> Sticker | None:
    try:
        with opened(data, ("WEBP",)) as picture:
            return Sticker(*picture.size, "image/webp", thumbnail(data))
    except Exception:  # noqa: BLE001 - see motion
        return None


def cut(data: bytes) -> bytes:
    """A picture as messengers make a sticker of it: WebP with a longest side of 512; what is no picture stays."""
    if data.startswith((TGS, WEBM)):
        return data
    try:
        with opened(data) as picture:
            rgba = ImageOps.exif_transpose(picture).convert("RGBA")
    except Exception:  # noqa: BLE001 - see motion
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    scale = STICKER_EDGE / max(rgba.size)
    sides = [max(1, round(side * scale)) for side in rgba.size]
    buffer = io.BytesIO()
    rgba.resize((sides[0], sides[1]), Image.Resampling.LANCZOS).save(buffer, "WEBP", quality=90)
    return buffer.getvalue()

"""What Telegram learns of moving pictures and stickers: sides, seconds, and the picture they begin with.

Everything here is blocking and meant for a thread.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from dataclasses import dataclass

from PIL import Image, ImageOps

from bot.sandbox.errors import bad_request
from bot.sandbox.media.pictures import PIXELS, Size, opened, rendition, thumbnail

GIF, TGS, WEBM = b"GIF8", b"\x1f\x8b", b"\x1a\x45\xdf\xa3"
STICKER_EDGE = 512  # "Stickers": no side longer, and at most 512 KB
STICKER_BYTES = 512 * 1024
DURATION = re.compile(r"Duration: (\d+):(\d+):([\d.]+)")
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
    """As ffmpeg reads it, in a process of its own; it turns upright what phones filmed so."""
    import imageio_ffmpeg

    # the format is named, so that no playlist is taken for a film: it could lead the decoder elsewhere
    demuxer = "matroska" if data.startswith(WEBM) else "mov"
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        source = f"-nostdin -protocol_whitelist file -max_pixels {PIXELS} -f {demuxer} -i".split()
        target = ["-frames:v", "1", "-codec:v", "bmp", "-f", "image2pipe", "pipe:"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), *source, file.name, *target]
        done = subprocess.run(command, capture_output=True, check=True)
    with opened(done.stdout) as picture:
        first = picture.convert("RGB")
    said = done.stderr.decode(errors="replace")
    found = DURATION.search(said)
    hours, minutes, seconds = map(float, found.groups()) if found else (0, 0, 0)
    duration = round(hours * 3600 + minutes * 60 + seconds)
    return Motion(*first.size, duration, " Audio: " in said, rendition(first, 320))


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

"""What Telegram says about videos, animations and stickers: their sides, their duration and a thumbnail.

All functions block, and are meant to run in a thread.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from bot.sandbox.errors import bad_request
from bot.sandbox.media.pictures import PIXELS, THUMBNAIL_SIDE, Size, open_picture, rendition, thumbnail

GIF, TGS, WEBM = b"GIF8", b"\x1f\x8b", b"\x1a\x45\xdf\xa3"  # the first bytes of a file
STICKER_SIDE = 512  # pixels, of the longest side (Telegram, "Stickers")
STICKER_BYTES = 512 * 1024
DURATION = re.compile(r"Duration: (\d+):(\d+):([\d.]+)")  # in ffmpeg's messages
GIF_FRAMES = 1000  # more are not counted


@dataclass(frozen=True)
class Video:
    """What a message says about its video or animation: pixels, whole seconds, and the first frame as thumbnail."""

    width: int
    height: int
    duration: int
    sound: bool
    thumbnail: Size | None


def inspect_video(data: bytes) -> Video | None:
    """Return what a GIF, an MP4 or a WebM contains, or None for another file or a broken one."""
    try:
        return _inspect_gif(data) if data.startswith(GIF) else _inspect_with_ffmpeg(data)
    except Exception:  # noqa: BLE001 - Pillow and ffmpeg report broken files in many ways, which all mean the same here
        return None


def _inspect_gif(data: bytes) -> Video:
    with open_picture(data) as picture:
        milliseconds = 0
        for frame in range(min(getattr(picture, "n_frames", 1), GIF_FRAMES)):
            picture.seek(frame)
            milliseconds += int(picture.info.get("duration", 0))
        return Video(picture.width, picture.height, round(milliseconds / 1000), False, thumbnail(data))


def _inspect_with_ffmpeg(data: bytes) -> Video:
    """Decode the first frame in a process of its own. ffmpeg applies the rotation that phones write into the file."""
    import imageio_ffmpeg

    # Without a named format, ffmpeg would accept a playlist, and could open other files and addresses from there.
    demuxer = "matroska" if data.startswith(WEBM) else "mov"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "video"
        path.write_bytes(data)
        source = f"-nostdin -protocol_whitelist file -max_pixels {PIXELS} -f {demuxer} -i".split()
        target = ["-frames:v", "1", "-codec:v", "bmp", "-f", "image2pipe", "pipe:"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), *source, str(path), *target]
        done = subprocess.run(command, capture_output=True, check=True)
    with open_picture(done.stdout) as picture:
        first_frame = picture.convert("RGB")
    messages = done.stderr.decode(errors="replace")
    found = DURATION.search(messages)
    hours, minutes, seconds = map(float, found.groups()) if found else (0, 0, 0)
    duration = round(hours * 3600 + minutes * 60 + seconds)
    return Video(*first_frame.size, duration, " Audio: " in messages, rendition(first_frame, THUMBNAIL_SIDE))


@dataclass(frozen=True)
class Sticker:
    """What a message says about its sticker."""

    width: int
    height: int
    mime: str
    thumbnail: Size | None


def inspect_sticker(data: bytes) -> Sticker:
    """Return what a sticker file contains: WebP, WebM or TGS.

    Raises:
        ApiError: Telegram would send this file as a document instead, which no bot wants.
    """
    if data.startswith(TGS):
        return Sticker(STICKER_SIDE, STICKER_SIDE, "application/x-tgsticker", None)
    if data.startswith(WEBM):
        video = inspect_video(data)
        found = Sticker(video.width, video.height, "video/webm", video.thumbnail) if video else None
    else:
        found = _inspect_webp(data)
    if found is None or len(data) > STICKER_BYTES:
        raise bad_request("STICKER_FILE_INVALID")
    if max(found.width, found.height) > STICKER_SIDE:
        raise bad_request("STICKER_PNG_DIMENSIONS")
    return found


def _inspect_webp(data: bytes) -> Sticker | None:
    try:
        with open_picture(data, ("WEBP",)) as picture:
            return Sticker(*picture.size, "image/webp", thumbnail(data))
    except Exception:  # noqa: BLE001 - as in inspect_video
        return None


def make_sticker(data: bytes) -> bytes:
    """Return a picture as Telegram's apps make a sticker of it: WebP with a longest side of 512 pixels.

    WebM and TGS are returned unchanged.

    Raises:
        ApiError: it is no picture.
    """
    if data.startswith((TGS, WEBM)):
        return data
    try:
        with open_picture(data) as picture:
            rgba = ImageOps.exif_transpose(picture).convert("RGBA")
    except Exception:  # noqa: BLE001 - as in inspect_video
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    scale = STICKER_SIDE / max(rgba.size)
    width, height = (max(1, round(side * scale)) for side in rgba.size)
    buffer = io.BytesIO()
    rgba.resize((width, height), Image.Resampling.LANCZOS).save(buffer, "WEBP", quality=90)
    return buffer.getvalue()

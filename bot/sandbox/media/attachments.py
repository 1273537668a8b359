"""Photos, videos, animations, stickers and documents as the content of a message."""

from __future__ import annotations

import asyncio
import mimetypes
import re

from bot.sandbox import Json
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.media.pictures import Size, photo_sizes, thumbnail
from bot.sandbox.media.uploads import Upload
from bot.sandbox.media.video import inspect_sticker, inspect_video
from bot.sandbox.state.files import FileStore, StoredFile

UPLOAD_LIMIT = 50 * 2**20  # Bot API, sendDocument
KINDS = ("photo", "document", "animation", "video", "sticker")
VIDEO_FOLDERS = {"video": "videos", "animation": "animations"}
STICKER_ENDINGS = {"image/webp": "webp", "video/webm": "webm", "application/x-tgsticker": "tgs"}
decoders = asyncio.Semaphore(2)  # a large photo takes 250 MB of memory while it is decoded


async def attach(files: FileStore, kind: str, source: Upload | str, bot_id: int) -> Json:
    """Return the content with the media of this kind: a new upload, or a known file by the id that this bot has for it.

    Raises:
        ApiError: the file is unknown, of another kind, malformed, or beyond Telegram's limits.
    """
    return await store(files, kind, source) if isinstance(source, Upload) else _known(files, kind, source, bot_id)


def _known(files: FileStore, kind: str, file_id: str, bot_id: int) -> Json:
    """Return the content of a file that was sent before. A URL is unknown: the sandbox uses no network."""
    file, ours = files.find(file_id), files.belongs_to(bot_id, file_id)
    if file is None and not ours and "." not in file_id:
        raise bad_request(f"wrong remote file identifier specified: {_defect(file_id)}")
    if file is None or not ours:
        raise bad_request("wrong file identifier/HTTP URL specified")
    content = files.content_of(file_id)
    if content is None or kind not in content:
        raise bad_request(
            f"can't use file of type {file.path.partition('/')[0].rstrip('s').capitalize()} as {kind.capitalize()}"
        )
    return content


def _defect(file_id: str) -> str:
    """Return what is wrong with a file_id (tdlib, FileManager.cpp, from_persistent_id, and base64.cpp)."""
    if re.fullmatch(r"[A-Za-z0-9_-]*", file_id) is None:
        return "Wrong character in the string"
    return "Wrong string length" if len(file_id) % 4 == 1 else "can't unserialize it. Wrong last symbol"


async def store(files: FileStore, kind: str, upload: Upload, *, silent_is_animation: bool = False) -> Json:
    """Store an upload and return the content that describes it.

    Args:
        files: where the bytes are stored.
        kind: one of KINDS. A video or an animation that cannot be played becomes a document (Bot API, sendVideo).
        upload: the file.
        silent_is_animation: make an animation of a video without sound, as Telegram's apps do.

    Raises:
        ApiError: the file is empty, malformed, or beyond Telegram's limits.
    """
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > UPLOAD_LIMIT:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo":
        return await _photo(files, upload)
    if kind in VIDEO_FOLDERS:
        return await _video(files, kind, upload, silent_is_animation)
    if kind == "sticker":
        return await _sticker(files, upload)
    return await _document(files, upload)


async def _photo(files: FileStore, upload: Upload) -> Json:
    async with decoders:
        sizes = await asyncio.to_thread(photo_sizes, upload.data)
    content: Json = {"photo": [_photo_size(files, size, "photos") for size in sizes]}
    for size in content["photo"]:
        files.describe(size["file_id"], content)
    return content


def _photo_size(files: FileStore, size: Size, folder: str) -> Json:
    stored = files.add(size.data, folder=folder, name="photo.jpg", mime="image/jpeg")
    return _file_fields(stored) | {"width": size.width, "height": size.height}


async def _document(files: FileStore, upload: Upload) -> Json:
    document = _named_file(files, "documents", upload)
    if document["mime_type"].startswith("image/"):
        async with decoders:
            document |= _thumbnail(files, await asyncio.to_thread(thumbnail, upload.data))
    content = {"document": document}
    files.describe(document["file_id"], content)
    return content


async def _video(files: FileStore, kind: str, upload: Upload, silent_is_animation: bool) -> Json:
    async with decoders:
        video = await asyncio.to_thread(inspect_video, upload.data)
    if video is None:
        return await _document(files, upload)
    if silent_is_animation and not video.sound:
        kind = "animation"
    file = _named_file(files, VIDEO_FOLDERS[kind], upload) | _thumbnail(files, video.thumbnail)
    content = {kind: file | {"width": video.width, "height": video.height, "duration": video.duration}}
    if kind == "animation":  # its message has the field `document` too (Bot API, Message.animation)
        content["document"] = file
    files.describe(file["file_id"], content)
    return content


async def _sticker(files: FileStore, upload: Upload) -> Json:
    async with decoders:
        sticker = await asyncio.to_thread(inspect_sticker, upload.data)
    ending = STICKER_ENDINGS[sticker.mime]
    stored = files.add(upload.data, folder="stickers", name=f"sticker.{ending}", mime=sticker.mime)
    fields = {
        "type": "regular",
        "width": sticker.width,
        "height": sticker.height,
        "is_animated": ending == "tgs",
        "is_video": ending == "webm",
    }
    content = {"sticker": _file_fields(stored) | fields | _thumbnail(files, sticker.thumbnail)}
    files.describe(stored.id, content)
    return content


def _named_file(files: FileStore, folder: str, upload: Upload) -> Json:
    """Store a file under the client's name, without the folders that a client may have put before it."""
    name = upload.name.replace("\\", "/").rpartition("/")[2].replace("\0", "")[:255] or "file"
    # Telegram goes by the ending of the name. The client's type counts only where the ending is unknown.
    mime = mimetypes.guess_type(upload.name)[0] or upload.mime or "application/octet-stream"
    stored = files.add(upload.data, folder=folder, name=name, mime=mime)
    return _file_fields(stored) | {"file_name": stored.name, "mime_type": stored.mime}


def _thumbnail(files: FileStore, picture: Size | None) -> Json:
    return {"thumbnail": _photo_size(files, picture, "thumbnails")} if picture is not None else {}


def _file_fields(file: StoredFile) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}

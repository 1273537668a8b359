"""Photos, films, stickers and documents as message content."""

from __future__ import annotations

import asyncio
import mimetypes

from bot.sandbox.botapi.parameters import Params, Upload
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.media.pictures import Size, photo_sizes, thumbnail
from bot.sandbox.media.video import motion, sticker
from bot.sandbox.state.accounts import Json
from bot.sandbox.state.files import FileStore, StoredFile

UPLOAD_LIMIT = 50 * 2**20  # Bot API, sendDocument
KINDS = ("photo", "document", "animation", "video", "sticker")
FOLDERS = {"video": "videos", "animation": "animations"}
STICKERS = {"image/webp": "webp", "video/webm": "webm", "application/x-tgsticker": "tgs"}
decoders = asyncio.Semaphore(2)  # a big photo takes a quarter of a gigabyte while it is open


async def attach(files: FileStore, kind: str, params: Params, name: str) -> Json:
    """The media field of a message from a parameter: an upload, attach://part, or a known file_id."""
    source = _source(params, name, kind)
    if isinstance(source, str):
        return _known(files, kind, source)
    return await take(files, kind, source)


def _source(params: Params, name: str, kind: str) -> Upload | str:
    if name in params.files:
        return params.files[name]
    value = params.text(name)
    if not value:
        raise bad_request(f"there is no {kind} in the request")
    if value.startswith("attach://"):
        part = value.removeprefix("attach://")
        if part not in params.files:
            raise bad_request(
                f'attached file "{part}" not found' if part else "wrong file identifier/HTTP URL specified"
            )
        return params.files[part]
    return value


def _known(files: FileStore, kind: str, file_id: str) -> Json:
    """A file that was sent before, by its id; the sandbox fetches no URL, it asks nothing of the network."""
    file = files.find(file_id)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    content = files.content_of(file_id)
    if content is None or kind not in content:
        raise bad_request(
            f"can't use file of type {file.path.partition('/')[0].rstrip('s').capitalize()} as {kind.capitalize()}"
        )
    return content


async def take(files: FileStore, kind: str, upload: Upload) -> Json:
    """Store an upload and describe it."""
    if not upload.data:
        raise bad_request("file must be non-empty")
    if len(upload.data) > UPLOAD_LIMIT:
        raise ApiError(413, "Request Entity Too Large")
    if kind == "photo":
        return await _photo(files, upload)
    if kind == "film" or kind in FOLDERS:
        return await _film(files, kind, upload)
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
    return _identity(stored) | {"width": size.width, "height": size.height}


async def _document(files: FileStore, upload: Upload) -> Json:
    document = _named(files, "documents", upload)
    if document["mime_type"].startswith("image/"):
        async with decoders:
            document |= _cover(files, await asyncio.to_thread(thumbnail, upload.data))
    content = {"document": document}
    files.describe(document["file_id"], content)
    return content


async def _film(files: FileStore, kind: str, upload: Upload) -> Json:
    """A video or an animation; what is neither is sent as a document (Bot API, sendVideo)."""
    async with decoders:
        shape = await asyncio.to_thread(motion, upload.data)
    if shape is None:
        return await _document(files, upload)
    if kind == "film":  # of a person: messengers take what is silent for an animation
        kind = "video" if shape.sound else "animation"
    document = _named(files, FOLDERS[kind], upload) | _cover(files, shape.cover)
    content = {kind: document | {"width": shape.width, "height": shape.height, "duration": shape.duration}}
    if kind == "animation":  # carries a document field as well (Bot API, Message.animation)
        content["document"] = document
    files.describe(document["file_id"], content)
    return content


async def _sticker(files: FileStore, upload: Upload) -> Json:
    async with decoders:
        shape = await asyncio.to_thread(sticker, upload.data)
    ending = STICKERS[shape.mime]
    stored = files.add(upload.data, folder="stickers", name=f"sticker.{ending}", mime=shape.mime)
    sides = {"type": "regular", "width": shape.width, "height": shape.height}
    kind = {"is_animated": ending == "tgs", "is_video": ending == "webm"}
    content = {"sticker": _identity(stored) | sides | kind | _cover(files, shape.cover)}
    files.describe(stored.id, content)
    return content


def _named(files: FileStore, folder: str, upload: Upload) -> Json:
    stored = files.add(upload.data, folder=folder, name=_clean(upload.name), mime=_mime(upload))
    return _identity(stored) | {"file_name": stored.name, "mime_type": stored.mime}


def _cover(files: FileStore, cover: Size | None) -> Json:
    return {"thumbnail": _photo_size(files, cover, "thumbnails")} if cover is not None else {}


def _identity(file: StoredFile) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}


def _clean(name: str) -> str:
    """A file name without the folders that a client may have put before it."""
    return name.replace("\\", "/").rpartition("/")[2].replace("\0", "")[:255] or "file"


def _mime(upload: Upload) -> str:
    """Telegram goes by the name of the file; the client's word counts only where the name says nothing."""
    return mimetypes.guess_type(upload.name)[0] or upload.mime or "application/octet-stream"

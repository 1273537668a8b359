"""Photos, documents and animations as message content."""

from __future__ import annotations

import asyncio
import mimetypes

from bot.sandbox.accounts import Json
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.files import FileStore, StoredFile
from bot.sandbox.parameters import Params, Upload
from bot.sandbox.pictures import Motion, Size, motion, photo_sizes, thumbnail

UPLOAD_LIMIT = 50 * 2**20  # Bot API, sendDocument
KINDS = ("photo", "document", "animation")
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
    if kind == "animation":
        return await _animation(files, upload)
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
    stored = files.add(upload.data, folder="documents", name=_clean(upload.name), mime=_mime(upload))
    document = _identity(stored) | {"file_name": stored.name, "mime_type": stored.mime}
    if stored.mime.startswith("image/"):
        async with decoders:
            preview = await asyncio.to_thread(thumbnail, upload.data)
        if preview is not None:
            document["thumbnail"] = _photo_size(files, preview, "thumbnails")
    content = {"document": document}
    files.describe(stored.id, content)
    return content


async def _animation(files: FileStore, upload: Upload) -> Json:
    """An animation message carries a document field as well (Bot API, Message.animation)."""
    async with decoders:
        shape: Motion = await asyncio.to_thread(motion, upload.data)
    content = await _document(files, upload)
    size = {"width": shape.width, "height": shape.height, "duration": shape.duration}
    content["animation"] = content["document"] | size
    files.describe(content["document"]["file_id"], content)
    return content


def _identity(file: StoredFile) -> Json:
    return {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.data)}


def _clean(name: str) -> str:
    """A file name without the folders that a client may have put before it."""
    return name.replace("\\", "/").rpartition("/")[2].replace("\0", "")[:255] or "file"


def _mime(upload: Upload) -> str:
    """Telegram goes by the name of the file; the client's word counts only where the name says nothing."""
    return mimetypes.guess_type(upload.name)[0] or upload.mime or "application/octet-stream"

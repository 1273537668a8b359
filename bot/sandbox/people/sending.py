"""Messages that people send: texts, photos, files, stickers, as themselves or in the name of a chat."""

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError, field_validator
from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.sandbox import Json
from bot.sandbox.chats.messages import message_for_people, post
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.media.attachments import store
from bot.sandbox.media.uploads import BODY_LIMIT, Upload, limit_body, read_form, read_upload
from bot.sandbox.media.video import make_sticker
from bot.sandbox.people.dependencies import ChatInPath, Fields, TheWorld, require_writer
from bot.sandbox.state.accounts import Person
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.files import FileStore
from bot.sandbox.state.world import World
from bot.sandbox.text.entities import plain
from bot.sandbox.text.utf16 import utf16_length

router = APIRouter()
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/bmp")
VIDEO_TYPES = ("image/gif", "video/mp4", "video/quicktime", "video/webm")
WITH_SPOILER = ("photo", "video", "animation")
IN_ALBUMS = {"photo", "video", "document"}
ALBUM_SIZE = 10
TEXT_LENGTH, CAPTION_LENGTH = 4096, 1024  # Bot API, sendMessage and sendPhoto


class Sending(Fields):
    """A message of a person. Its files are parts of a multipart form with the name `files`.

    In a supergroup, an administrator may send it as the group (`anonymous`) and anybody as a channel of their own
    (`channel`); `linked_channel` is a post in the channel of the group, which Telegram forwards to it.
    """

    user: int
    text: str = ""
    reply_to: int | None = None
    topic: int | None = None
    form: Literal["media", "spoiler", "file", "sticker"] = "media"
    send_as: Literal["myself", "anonymous", "channel", "linked_channel"] = "myself"

    @field_validator("reply_to", "topic", mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        """A form cannot contain null; an empty field means the same."""
        return None if value == "" else value


def _body_schema() -> dict[str, Any]:
    """Return the OpenAPI description of a body that may be JSON or a form: FastAPI describes only one of them."""
    schema = Sending.model_json_schema()
    files = {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}}
    form = schema | {"title": "SendingFiles", "properties": schema["properties"] | files}
    content = {"application/json": {"schema": schema}, "multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


async def _read_sending(request: Request) -> tuple[Sending, list[Upload]]:
    """Read a message and its files from JSON or from a form: FastAPI accepts only one of them for a path."""
    values: Any = {}
    files: list[Upload] = []
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with read_form(request) as parts:
            for name, part in parts.multi_items():
                if isinstance(part, UploadFile):
                    files.append(await read_upload(part))
                else:
                    values[name] = part
    else:
        limit_body(request, BODY_LIMIT)
        try:
            values = await request.json()
        except (ValueError, RecursionError):
            raise bad_request("can't parse the JSON object in the request body") from None
    try:
        return Sending.model_validate(values), files
    except ValidationError as error:
        located = [each | {"loc": ("body", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(located) from None


@router.post(
    "/chats/{chat}/messages",
    summary="Send text, or files as photos, album or documents",
    openapi_extra=_body_schema(),
    max_body_size=sys.maxsize,  # _read_sending has the limit; FastAPI would refuse in plain text, not in JSON
)
async def send(
    world: TheWorld, chat: ChatInPath, sent: Annotated[tuple[Sending, list[Upload]], Depends(_read_sending)]
) -> Json:
    """Send one message for each file, or one with text only."""
    sending, files = sent
    person = require_writer(world, chat, sending.user)
    topic = chat.topics.get(sending.topic) if sending.topic is not None else None
    if sending.topic is not None and (topic is None or topic.closed):
        raise ApiError(400, "this topic is closed" if topic is not None else "no such topic")
    if sending.reply_to is not None and sending.reply_to not in chat.messages:
        raise ApiError(400, "the message to answer is gone")
    if len(files) > ALBUM_SIZE:
        raise ApiError(400, f"an album holds at most {ALBUM_SIZE} files")
    sender_chat_id = _sender_chat(world, chat, person, sending.send_as)
    contents = await _contents(world.files, sending, files)
    if sending.send_as == "linked_channel":
        contents = [content | _forwarded_post(world, chat, number) for number, content in enumerate(contents, 1)]
    chat.started = True
    target: Json = {"reply_to": sending.reply_to, "thread_id": sending.topic, "media_group_id": _album_id(contents)}
    target["sender_chat_id"] = sender_chat_id
    posted = [post(world, chat, person, content, **target) for content in contents]
    return {"messages": [message_for_people(world, message) for message in posted], "cursor": world.events.cursor}


def _sender_chat(world: World, chat: Chat, person: Person, send_as: str) -> int | None:
    """Return the id of the chat in whose name the person writes, or None; channels are made when they are needed."""
    if send_as == "myself":
        return None
    if chat.type != "supergroup":
        raise ApiError(400, "only in a supergroup can somebody write in the name of a chat")
    if send_as == "channel":
        person.channel_id = person.channel_id or world.new_channel(f"{person.first_name}'s channel").id
        return person.channel_id
    if not chat.administered_by(person.id):
        raise ApiError(403, "only administrators write in the name of the group or of its channel")
    if send_as == "linked_channel":
        chat.linked_channel_id = chat.linked_channel_id or world.new_channel(f"{chat.title}: channel").id
        return chat.linked_channel_id
    chat.anonymous.add(person.id)
    return chat.id


def _forwarded_post(world: World, chat: Chat, number: int) -> Json:
    """Return the fields by which a bot knows an automatic forward; the posts of the channel itself are not kept."""
    channel = world.channels[chat.linked_channel_id].to_json()
    post_id = chat.last_id + number
    origin: Json = {"type": "channel", "date": world.clock.now(), "chat": channel, "message_id": post_id}
    return {"is_automatic_forward": True, "forward_origin": origin}


async def _contents(store_in: FileStore, sending: Sending, files: list[Upload]) -> list[Json]:
    """Return the content of each message: the text alone, or the files with the text as caption of the first."""
    text, entities = plain(sending.text)
    if not files:
        if not text or utf16_length(text) > TEXT_LENGTH:
            raise ApiError(400, f"a message needs text of at most {TEXT_LENGTH} characters, or a file")
        return [{"text": text} | ({"entities": entities} if entities else {})]
    if text and sending.form == "sticker":
        raise ApiError(400, "a sticker has no caption")
    if utf16_length(text) > CAPTION_LENGTH:
        raise ApiError(400, f"a caption has at most {CAPTION_LENGTH} characters")
    contents = [await _media(store_in, file, sending.form) for file in files]
    if text:
        contents[0] |= {"caption": text} | ({"caption_entities": entities} if entities else {})
    return contents


async def _media(store_in: FileStore, file: Upload, form: str) -> Json:
    """Store a file as Telegram's apps send it: pictures as photos, silent videos as animations, others as documents."""
    kind = "document"
    if form == "sticker":
        kind, file = "sticker", replace(file, data=await asyncio.to_thread(make_sticker, file.data))
    elif form != "file" and file.mime in PICTURE_TYPES:
        kind = "photo"
    elif form != "file" and file.mime in VIDEO_TYPES:
        kind = "video"
    content = await store(store_in, kind, file, silent_is_animation=True)
    spoiler = form == "spoiler" and _kind(content) in WITH_SPOILER
    return content | ({"has_media_spoiler": True} if spoiler else {})


def _kind(content: Json) -> str:
    """Return the kind of media, which is the first field: an animation has the field `document` after its own."""
    return next(iter(content))


def _album_id(contents: list[Json]) -> str | None:
    """Return a media_group_id for several messages, if Telegram makes albums of their kinds."""
    is_album = len(contents) > 1 and {_kind(content) for content in contents} <= IN_ALBUMS
    return str(secrets.randbelow(10**17) + 10**17) if is_album else None

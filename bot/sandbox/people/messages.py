"""Messages in the people's API: reading, sending, editing, pressing, reacting."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sys
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError, field_validator
from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.sandbox import Json
from bot.sandbox.chats.messages import REACTIONS, message_for_people, post, press, publish_edit, react, remove
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.media.attachments import store
from bot.sandbox.media.uploads import BODY_LIMIT, Upload, limit_body, read_form, read_upload
from bot.sandbox.media.video import make_sticker
from bot.sandbox.people.dependencies import ChatInPath, Fields, MessageInPath, TheWorld, find_person
from bot.sandbox.state.accounts import Person
from bot.sandbox.state.chats import GONE, Chat, Message
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
REACTIONS_OF_ONE = 3  # Telegram Premium


class Reading(Fields):
    """Which messages; without a topic, those of all topics."""

    topic: int | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class Sending(Fields):
    """A message of a person. Its files are parts of a multipart form with the name `files`."""

    user: int
    text: str = ""
    reply_to: int | None = None
    topic: int | None = None
    form: Literal["media", "spoiler", "file", "sticker"] = "media"

    @field_validator("reply_to", "topic", mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        """A form cannot contain null; an empty field means the same."""
        return None if value == "" else value


class Editing(Fields):
    """New text or caption."""

    user: int
    text: str


class Pressing(Fields):
    """A button by its callback data or its label, and the seconds to wait for the bot's answer."""

    user: int
    button: str
    wait: Annotated[float, Field(ge=0, le=60)] = 15.0


class Reacting(Fields):
    """The reactions of a person; without emoji, they are removed."""

    user: int
    emoji: tuple[str, ...] = ()


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


@router.get("/chats/{chat}/messages", summary="What is in a chat")
async def messages(world: TheWorld, chat: ChatInPath, query: Annotated[Reading, Query()]) -> Json:
    """Return the newest messages, oldest first."""
    found = [each for each in chat.messages.values() if query.topic is None or each.thread_id == query.topic]
    newest = [message_for_people(world, message) for message in found[-query.limit :]]
    return {"messages": newest, "cursor": world.events.cursor}


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
    person = _require_writer(world, chat, sending.user)
    topic = chat.topics.get(sending.topic) if sending.topic is not None else None
    if sending.topic is not None and (topic is None or topic.closed):
        raise ApiError(400, "this topic is closed" if topic is not None else "no such topic")
    if sending.reply_to is not None and sending.reply_to not in chat.messages:
        raise ApiError(400, "the message to answer is gone")
    if len(files) > ALBUM_SIZE:
        raise ApiError(400, f"an album holds at most {ALBUM_SIZE} files")
    contents = await _contents(world.files, sending, files)
    chat.started = True
    target: Json = {"reply_to": sending.reply_to, "thread_id": sending.topic, "media_group_id": _album_id(contents)}
    posted = [post(world, chat, person, content, **target) for content in contents]
    return {"messages": [message_for_people(world, message) for message in posted], "cursor": world.events.cursor}


def _require_writer(world: World, chat: Chat, user: int) -> Person:
    """Return the person, if they may write in the chat."""
    person = find_person(world, user)
    if chat.members.get(person.id, "left") in GONE:
        raise ApiError(403, "you are not in this chat")
    if chat.blocked:
        raise ApiError(403, "you blocked this bot")
    if chat.migrated_to is not None:
        raise ApiError(400, "this group became a supergroup")
    return person


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


@router.patch("/chats/{chat}/messages/{message}", summary="Edit one's own message")
async def edit(world: TheWorld, message: MessageInPath, editing: Editing) -> Json:
    """Give one's own message a new text or caption; bots get edited_message."""
    if message.sender_id != find_person(world, editing.user).id:
        raise ApiError(403, "this is somebody else's message")
    text, entities = plain(editing.text)
    field, entities_field = ("text", "entities") if "text" in message.content else ("caption", "caption_entities")
    if not text and field == "text":
        raise ApiError(400, "a message needs text")
    content = {name: value for name, value in message.content.items() if name not in (field, entities_field)}
    if text:
        content[field] = text
    if entities:
        content[entities_field] = entities
    message.content = content
    publish_edit(world, message)
    return message_for_people(world, message)


@router.delete("/chats/{chat}/messages/{message}", summary="Delete a message")
async def delete(world: TheWorld, chat: ChatInPath, message: MessageInPath) -> Json:
    """Delete a message; bots are not told, as in Telegram."""
    remove(world, chat, message)
    return {"deleted": True}


@router.post("/chats/{chat}/messages/{message}/press", summary="Press a button and wait for the bot's answer")
async def press_button(world: TheWorld, chat: ChatInPath, message: MessageInPath, pressing: Pressing) -> Json:
    """Press a button, and wait until the bot calls answerCallbackQuery; `answered` says whether it did in time."""
    person = _require_writer(world, chat, pressing.user)
    query = press(world, chat, message, person, _callback_data(message, pressing.button))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(query.answered.wait(), pressing.wait)
    answer = query.answer or {"text": "", "alert": False, "url": ""}
    return {"query_id": query.id, "answered": query.answer is not None, **answer}


def _callback_data(message: Message, button: str) -> str:
    """Return the callback data of the button that has this callback data, or else this label."""
    rows = (message.keyboard or {}).get("inline_keyboard", [])
    buttons = [each for row in rows for each in row if "callback_data" in each]
    for field in ("callback_data", "text"):
        for each in buttons:
            if each[field] == button:
                return str(each["callback_data"])
    labels = ", ".join(repr(each["text"]) for each in buttons) or "none"
    raise ApiError(404, f"no button {button!r} under this message; there are: {labels}")


@router.post("/chats/{chat}/messages/{message}/reactions", summary="React to a message")
async def set_reactions(world: TheWorld, chat: ChatInPath, message: MessageInPath, reacting: Reacting) -> Json:
    """Set a person's reactions to a message, of those that Telegram offers."""
    person = _require_writer(world, chat, reacting.user)
    if any(emoji not in REACTIONS for emoji in reacting.emoji):
        raise ApiError(400, "this is no reaction that Telegram offers")
    reactions: list[Json] = [{"type": "emoji", "emoji": emoji} for emoji in reacting.emoji[:REACTIONS_OF_ONE]]
    react(world, chat, message, person, reactions)
    return message_for_people(world, message)

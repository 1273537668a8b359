"""Messages in the people's API: reading, sending, pressing, reacting, following."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, field_validator
from starlette.responses import Response

from bot.sandbox.botapi.methods.editing import EMOJI
from bot.sandbox.botapi.parameters import Upload
from bot.sandbox.chats.messages import changed, post, press, react, remove, shown
from bot.sandbox.errors import ApiError
from bot.sandbox.media.attachments import take
from bot.sandbox.media.video import cut
from bot.sandbox.people.endpoints import Body, Visit
from bot.sandbox.state.accounts import Json, Person
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.text.entities import plain
from bot.sandbox.text.utf16 import units

SAFE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/webm")  # shown, never as a page
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/bmp")
FILMS = ("image/gif", "video/mp4", "video/quicktime", "video/webm")
HIDEABLE = ("photo", "video", "animation")
IN_ALBUMS = ("photo", "video", "document")
ALBUM = 10
LONGEST_WAIT = 60.0


class Reading(Body):
    """Which messages."""

    topic: int | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class Sending(Body):
    """What a person sends; files come as parts of a multipart form."""

    user: int
    text: str = ""
    reply_to: int | None = None
    topic: int | None = None
    form: Literal["media", "spoiler", "file", "sticker"] = "media"

    @field_validator("reply_to", "topic", mode="before")
    @classmethod
    def _empty(cls, value: object) -> object:
        """A form has no null: an empty field is one."""
        return None if value == "" else value


class Editing(Body):
    """New text or caption."""

    user: int
    text: str


class Pressing(Body):
    """A button by its callback data or its label."""

    user: int
    button: str
    wait: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 15.0


class Reacting(Body):
    """The reactions of a person; none takes them back."""

    user: int
    emoji: tuple[str, ...] = ()


class Following(Body):
    """Where to go on, and how long to wait."""

    after: int = 0
    wait: Annotated[float, Field(ge=0, le=LONGEST_WAIT)] = 0.0
    chat: str | None = None


async def messages(visit: Visit) -> object:
    """The newest messages, oldest first."""
    given = visit.read(Reading)
    kept = [m for m in visit.chat().messages.values() if given.topic is None or m.thread_id == given.topic]
    return {"messages": [shown(visit.world, m) for m in kept[-given.limit :]], "cursor": visit.world.events.cursor}


def _writer(visit: Visit, user: int) -> tuple[Chat, Person]:
    chat, person = visit.chat(), visit.person(user)
    if chat.members.get(person.id, "left") in ("left", "kicked"):
        raise ApiError(403, "you are not in this chat")
    if chat.blocked:
        raise ApiError(403, "you blocked this bot")
    if chat.migrated_to is not None:
        raise ApiError(400, "this group became a supergroup")
    return chat, person


async def send(visit: Visit) -> object:
    """One message, or an album of them."""
    given = visit.read(Sending)
    chat, person = _writer(visit, given.user)
    topic = chat.topics.get(given.topic) if given.topic is not None else None
    if given.topic is not None and (topic is None or topic.closed):
        raise ApiError(400, "this topic is closed" if topic is not None else "no such topic")
    if given.reply_to is not None and given.reply_to not in chat.messages:
        raise ApiError(400, "the message to answer is gone")
    if len(visit.files) > ALBUM:
        raise ApiError(400, f"an album holds at most {ALBUM} files")
    contents = await _contents(visit, given)
    chat.started = True
    place: Json = {"reply_to": given.reply_to, "thread_id": given.topic, "media_group_id": _album(contents)}
    sent = [post(visit.world, chat, person, content, **place) for content in contents]
    return {"messages": [shown(visit.world, message) for message in sent], "cursor": visit.world.events.cursor}


async def _contents(visit: Visit, given: Sending) -> list[Json]:
    """The content of each message: the text alone, or the files with the text as caption of the first."""
    text, entities = plain(given.text)
    if not visit.files:
        if not text or units(text) > 4096:
            raise ApiError(400, "a message needs text of at most 4096 characters, or a file")
        return [{"text": text} | ({"entities": entities} if entities else {})]
    if text and given.form == "sticker":
        raise ApiError(400, "a sticker has no caption")
    if units(text) > 1024:
        raise ApiError(400, "a caption has at most 1024 characters")
    contents = [await _taken(visit, file, given.form) for file in visit.files]
    if text:
        contents[0] |= {"caption": text} | ({"caption_entities": entities} if entities else {})
    return contents


async def _taken(visit: Visit, file: Upload, form: str) -> Json:
    """What a messenger makes of a file: pictures are photos, films move, the rest are documents."""
    kind = "document"
    if form == "sticker":
        kind, file = "sticker", replace(file, data=await asyncio.to_thread(cut, file.data))
    elif form != "file" and file.mime in PICTURES:
        kind = "photo"
    elif form != "file" and file.mime in FILMS:
        kind = "film"
    content = await take(visit.world.files, kind, file)
    hidden = form == "spoiler" and next(iter(content)) in HIDEABLE
    return content | ({"has_media_spoiler": True} if hidden else {})


def _album(contents: list[Json]) -> str | None:
    """The group of several messages, as far as Telegram groups their kinds."""
    kinds = {next(iter(content)) for content in contents}
    together = len(contents) > 1 and kinds <= set(IN_ALBUMS)
    return str(secrets.randbelow(10**17) + 10**17) if together else None


def _own(visit: Visit, user: int) -> Message:
    _, message = visit.message()
    if message.sender_id != visit.person(user).id:
        raise ApiError(403, "this is somebody else's message")
    return message


async def edit(visit: Visit) -> object:
    """New text for one's own message; bots get edited_message."""
    given = visit.read(Editing)
    message = _own(visit, given.user)
    text, entities = plain(given.text)
    name = "text" if "text" in message.content else "caption"
    if not text and name == "text":
        raise ApiError(400, "a message needs text")
    names = (name, "entities" if name == "text" else "caption_entities")
    kept = {key: value for key, value in message.content.items() if key not in names}
    fresh: Json = {name: text, names[1]: entities}
    message.content = kept | {key: value for key, value in fresh.items() if value}
    changed(visit.world, message)
    return shown(visit.world, message)


async def delete(visit: Visit) -> object:
    """A message goes; Telegram does not tell bots."""
    chat, message = visit.message()
    remove(visit.world, chat, message)
    return {"deleted": True}


async def press_button(visit: Visit) -> object:
    """Press, then wait for answerCallbackQuery; answered is false where none came in time."""
    given = visit.read(Pressing)
    chat, person = _writer(visit, given.user)
    _, message = visit.message()
    query = press(visit.world, chat, message, person, _callback_data(message, given.button))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(query.answered.wait(), given.wait)
    answer = query.answer or {"text": "", "alert": False, "url": ""}
    return {"query_id": query.id, "answered": query.answer is not None, **answer}


def _callback_data(message: Message, button: str) -> str:
    rows = (message.keyboard or {}).get("inline_keyboard", [])
    buttons = [each for row in rows for each in row if "callback_data" in each]
    for name in ("callback_data", "text"):
        for each in buttons:
            if each[name] == button:
                return str(each["callback_data"])
    labels = ", ".join(repr(each["text"]) for each in buttons) or "none"
    raise ApiError(404, f"no button {button!r} under this message; there are: {labels}")


async def set_reactions(visit: Visit) -> object:
    """A person's reactions, from the ones that Telegram offers."""
    given = visit.read(Reacting)
    chat, person = _writer(visit, given.user)
    _, message = visit.message()
    if any(emoji not in EMOJI for emoji in given.emoji):
        raise ApiError(400, "this is no reaction that Telegram offers")
    react(visit.world, chat, message, person, [{"type": "emoji", "emoji": emoji} for emoji in given.emoji[:3]])
    return shown(visit.world, message)


async def file(visit: Visit) -> object:
    """The bytes; what a browser might run is handed out as a download only."""
    stored = visit.world.files.find(visit.path["file"])
    if stored is None:
        raise ApiError(404, "no such file, or it made room for newer ones")
    if stored.mime in SAFE_TYPES:
        headers = {"cache-control": "private, max-age=86400, immutable"}
        return Response(stored.data, media_type=stored.mime, headers=headers)
    return Response(stored.data, media_type="application/octet-stream", headers={"content-disposition": "attachment"})


async def events(visit: Visit) -> object:
    """Events after a cursor; `reset` says that some are gone and the chat has to be read anew."""
    given = visit.read(Following)
    log = visit.world.events
    if log.lost(given.after):
        return {"events": [], "cursor": log.cursor, "reset": True}
    loop = asyncio.get_running_loop()
    until, cursor = loop.time() + given.wait, given.after
    while True:
        fresh = await log.wait(cursor, max(0.0, until - loop.time()))
        wanted = [event for event in fresh if given.chat is None or event["chat"] == given.chat]
        cursor = log.cursor
        if wanted or log.closed or loop.time() >= until:
            return {"events": wanted, "cursor": cursor, "reset": False}

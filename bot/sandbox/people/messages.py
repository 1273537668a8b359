"""Messages in the people's API: reading, sending, editing, pressing, reacting."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from bot.sandbox import Json
from bot.sandbox.chats.messages import REACTIONS, message_for_people, press, publish_edit, react, remove
from bot.sandbox.errors import ApiError
from bot.sandbox.people.dependencies import (
    ByUser,
    ChatInPath,
    Fields,
    MessageInPath,
    TheWorld,
    find_person,
    require_writer,
)
from bot.sandbox.state.chats import Message
from bot.sandbox.text.entities import plain

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


class Editing(Fields):
    """New text or caption."""

    user: int
    text: str


class Aging(Fields):
    """The hours by which a message becomes older."""

    hours: Annotated[float, Field(gt=0, le=24 * 365)] = 49.0


class Pressing(Fields):
    """A button by its callback data or its label, and the seconds to wait for the bot's answer.

    With `made_up` the button is data that the message need not carry: a changed client sends any.
    """

    user: int
    button: str
    made_up: bool = False
    wait: Annotated[float, Field(ge=0, le=60)] = 15.0


class Reacting(Fields):
    """The reactions of a person; without emoji, they are removed."""

    user: int
    emoji: tuple[str, ...] = ()


@router.get("/chats/{chat}/messages", summary="What is in a chat")
async def messages(world: TheWorld, chat: ChatInPath, query: Annotated[Reading, Query()]) -> Json:
    """Return the newest messages, oldest first."""
    found = [each for each in chat.messages.values() if query.topic is None or each.thread_id == query.topic]
    newest = [message_for_people(world, message) for message in found[-query.limit :]]
    return {"messages": newest, "cursor": world.events.cursor}


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


@router.delete("/chats/{chat}/messages/{message}", summary="Delete a message for everybody")
async def delete(world: TheWorld, chat: ChatInPath, message: MessageInPath, by: Annotated[ByUser, Query()]) -> Json:
    """Delete one's own message, any message of a private chat, or as an administrator any message of a group.

    Bots are not told, as in Telegram.
    """
    person = find_person(world, by.user)
    if chat.type != "private" and message.sender_id != person.id and not chat.administered_by(person.id):
        raise ApiError(403, "this is somebody else's message")
    remove(world, chat, message)
    return {"deleted": True}


@router.post("/chats/{chat}/messages/{message}/age", summary="Make a message older")
async def age(world: TheWorld, message: MessageInPath, aging: Aging) -> Json:
    """Date a message back by so many hours; a press under an old message does not bring it to the bot."""
    message.date -= round(aging.hours * 3600)
    world.events.add("edited", message.chat_key, message=message_for_people(world, message))
    return message_for_people(world, message)


@router.post("/chats/{chat}/messages/{message}/press", summary="Press a button and wait for the bot's answer")
async def press_button(world: TheWorld, chat: ChatInPath, message: MessageInPath, pressing: Pressing) -> Json:
    """Press a button, and wait until the bot calls answerCallbackQuery; `answered` says whether it did in time.

    `at` is when it was pressed, in Unix time, and `waited` after how many seconds it was answered.
    """
    person = require_writer(world, chat, pressing.user)
    at = time.time()
    data = pressing.button if pressing.made_up else _callback_data(message, pressing.button)
    query = press(world, chat, message, person, data)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(query.answered.wait(), pressing.wait)
    answer = query.answer or {"text": "", "alert": False, "url": ""}
    pressed = {"query_id": query.id, "at": at, "answered": query.answer is not None, "waited": query.waited}
    return {**pressed, **answer}


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
    person = require_writer(world, chat, reacting.user)
    available = REACTIONS if chat.rules.reactions is None else chat.rules.reactions
    if any(emoji not in REACTIONS or emoji not in available for emoji in reacting.emoji):
        raise ApiError(400, "this is no reaction that the chat offers")
    reactions: list[Json] = [{"type": "emoji", "emoji": emoji} for emoji in reacting.emoji[:REACTIONS_OF_ONE]]
    react(world, chat, message, person, reactions)
    return message_for_people(world, message)

"""What the endpoints have in common: the world, and the chat and the message that a path names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from bot.sandbox.errors import ApiError
from bot.sandbox.state.accounts import Bot, Person
from bot.sandbox.state.chats import GONE, Chat, Message
from bot.sandbox.state.world import World


class Fields(BaseModel):
    """The fields of a body or a query; an unknown field is an error, because it may be misspelt."""

    model_config = ConfigDict(extra="forbid")


class ByUser(Fields):
    """The person who asks or acts."""

    user: int


async def _world(request: Request) -> World:
    world: World = request.state.world
    return world


TheWorld = Annotated[World, Depends(_world)]


async def _chat(world: TheWorld, chat: str) -> Chat:
    found = world.chats.get(chat)
    if found is None:
        raise ApiError(404, f"no chat has the key {chat}")
    return found


ChatInPath = Annotated[Chat, Depends(_chat)]


async def _group(chat: ChatInPath) -> Chat:
    if chat.type == "private":
        raise ApiError(400, "this is a private chat")
    if chat.migrated_to is not None:
        raise ApiError(400, "this group became a supergroup")
    return chat


GroupInPath = Annotated[Chat, Depends(_group)]


async def _message(chat: ChatInPath, message: int) -> Message:
    found = chat.messages.get(message)
    if found is None:
        raise ApiError(404, f"no message {message} in this chat")
    return found


MessageInPath = Annotated[Message, Depends(_message)]


def find_person(world: World, person_id: int) -> Person:
    """Return the person with this id.

    Raises:
        ApiError: there is none.
    """
    person = world.people.get(person_id)
    if person is None:
        raise ApiError(404, f"no person has the id {person_id}")
    return person


def find_bot(world: World, bot_id: int) -> Bot:
    """Return the bot with this id.

    Raises:
        ApiError: there is none.
    """
    bot = world.bots.get(bot_id)
    if bot is None:
        raise ApiError(404, "no such bot")
    return bot


def require_writer(world: World, chat: Chat, user: int) -> Person:
    """Return the person, if they may write in the chat."""
    person = find_person(world, user)
    if chat.members.get(person.id, "left") in GONE:
        raise ApiError(403, "you are not in this chat")
    if chat.blocked:
        raise ApiError(403, "you blocked this bot")
    if chat.migrated_to is not None:
        raise ApiError(400, "this group became a supergroup")
    return person

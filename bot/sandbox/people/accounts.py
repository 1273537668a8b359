"""People and bots in the people's API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from bot.sandbox import Json
from bot.sandbox.people.dependencies import Fields, TheWorld, find_bot
from bot.sandbox.state.accounts import Bot

router = APIRouter()


class NewUser(Fields):
    """A person."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    language: Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9-]{1,16})?$")] = "en"
    username: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{3,31}$")] | None = None


class BotSettings(Fields):
    """What BotFather sets."""

    privacy: bool


@router.get("/users", summary="The people")
async def users(world: TheWorld) -> Json:
    """Return all people."""
    return {"users": [person.to_json() for person in world.people.values()]}


@router.post("/users", summary="Get the person of this name, or make one")
async def add_user(world: TheWorld, user: NewUser) -> Json:
    """Return the person of this name, so that a page that is opened again finds its own; set the language."""
    for person in world.people.values():
        if person.first_name == user.name:
            person.language_code = user.language
            return person.to_json()
    person = world.new_person(user.name, user.language, user.username)
    world.events.add("user", "", user=person.to_json())
    return person.to_json()


@router.get("/bots", summary="The bots that have called so far")
async def bots(world: TheWorld) -> Json:
    """Return all bots, and the cursor from which a client can wait for the next."""
    return {"bots": [_bot_for_people(bot) for bot in world.bots.values()], "cursor": world.events.cursor}


@router.patch("/bots/{bot}", summary="Switch privacy mode")
async def set_bot(world: TheWorld, bot: int, settings: BotSettings) -> Json:
    """Set the privacy mode of one bot."""
    found = find_bot(world, bot)
    found.privacy = settings.privacy
    world.events.add("bot", "", bot=found.to_json_full())
    return _bot_for_people(found)


def _bot_for_people(bot: Bot) -> Json:
    return bot.to_json_full() | {
        "privacy": bot.privacy,
        "description": bot.descriptions.get("", ""),
        "short_description": bot.short_descriptions.get("", ""),
    }

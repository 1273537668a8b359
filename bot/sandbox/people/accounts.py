"""People and bots in the people's API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.sandbox.errors import ApiError
from bot.sandbox.people.endpoints import Body, Visit
from bot.sandbox.state.accounts import Bot, Json


class NewUser(Body):
    """Who somebody is."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    language: Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9-]{1,16})?$")] = "en"
    username: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{3,31}$")] | None = None


class BotSettings(Body):
    """What BotFather would set."""

    privacy: bool


async def users(visit: Visit) -> object:
    """Everybody."""
    return {"users": [person.wire() for person in visit.world.people.values()]}


async def add_user(visit: Visit) -> object:
    """One name is one person, so that a page that is opened again finds its own; the language may change."""
    given = visit.read(NewUser)
    for person in visit.world.people.values():
        if person.first_name == given.name:
            person.language_code = given.language
            return person.wire()
    person = visit.world.new_person(given.name, given.language, given.username)
    visit.world.events.add("user", "", user=person.wire())
    return person.wire()


def bot_shown(bot: Bot) -> Json:
    """A bot with what it says about itself."""
    return bot.wire_self() | {
        "privacy": bot.privacy,
        "description": bot.descriptions.get("", ""),
        "short_description": bot.short_descriptions.get("", ""),
    }


async def bots(visit: Visit) -> object:
    """Every bot, with a cursor to wait for the next."""
    return {"bots": [bot_shown(bot) for bot in visit.world.bots.values()], "cursor": visit.world.events.cursor}


async def set_bot(visit: Visit) -> object:
    """Privacy mode of one bot."""
    bot = visit.world.bots.get(visit.path["bot"])
    if bot is None:
        raise ApiError(404, "no such bot")
    bot.privacy = visit.read(BotSettings).privacy
    visit.world.events.add("bot", "", bot=bot.wire_self())
    return bot_shown(bot)

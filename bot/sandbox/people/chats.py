"""Chats in the people's API: private chats, groups, members and topics."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.botapi.command_lists import commands_for
from bot.sandbox.chats.membership import announce, change_member, migrate, set_blocked
from bot.sandbox.chats.messages import shown
from bot.sandbox.chats.topics import COLORS, create_topic, set_closed
from bot.sandbox.errors import ApiError
from bot.sandbox.people.endpoints import Body, Visit
from bot.sandbox.state.accounts import Json
from bot.sandbox.state.chats import Chat, Status
from bot.sandbox.state.world import World

Title = Annotated[str, Field(min_length=1, max_length=128)]


class Whose(Body):
    """Whose view it is."""

    user: int


class Private(Body):
    """A person and a bot."""

    user: int
    bot: int


class Group(Body):
    """A new group."""

    user: int
    title: Title
    type: Literal["group", "supergroup"] = "supergroup"
    forum: bool = False
    members: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()


class Membership(Body):
    """A new status of a member."""

    user: int
    member: int
    status: Literal["administrator", "member", "left", "kicked"] = "member"


class NewTopic(Body):
    """A new topic."""

    user: int
    name: Title


class TopicState(Body):
    """Closed or not."""

    user: int
    closed: bool


class Block(Body):
    """Blocked or not."""

    user: int
    blocked: bool


def chat_shown(world: World, chat: Chat, viewer: int) -> Json:
    """A chat as a list shows it."""
    bot = world.bots.get(chat.bot_id)
    last = chat.messages[next(reversed(chat.messages))] if chat.messages else None
    return {
        "key": chat.key,
        "id": chat.id,
        "type": chat.type,
        "title": bot.first_name if bot is not None else chat.title,
        "is_forum": chat.is_forum,
        "bot": bot.wire_self() if bot is not None else None,
        "description": bot.descriptions.get("", "") if bot is not None else "",
        "started": chat.started,
        "blocked": chat.blocked,
        "migrated_to": f"g{chat.migrated_to}" if chat.migrated_to else None,
        "members": [world.account(member).wire() | {"status": chat.members[member]} for member in chat.present()],
        "topics": [
            {"id": t.id, "name": t.name, "color": t.icon_color, "closed": t.closed} for t in chat.topics.values()
        ],
        "last_message": shown(world, last) if last is not None else None,
        "commands": commands_for(world, chat, viewer),
    }


async def chats(visit: Visit) -> object:
    """The chats of a person; every bot has one, so that a page can offer it."""
    person = visit.person(visit.read(Whose).user)
    for bot in visit.world.bots.values():
        visit.world.private_chat(person, bot)
    mine = [chat for chat in visit.world.chats.values() if person.id in chat.present()]
    mine.sort(key=lambda chat: -(chat.messages[next(reversed(chat.messages))].date if chat.messages else 0))
    return {
        "chats": [chat_shown(visit.world, chat, person.id) for chat in mine],
        "cursor": visit.world.events.cursor,
    }


async def chat(visit: Visit) -> object:
    """One chat."""
    return chat_shown(visit.world, visit.chat(), visit.read(Whose).user)


async def open_private(visit: Visit) -> object:
    """The private chat of a person with a bot."""
    given = visit.read(Private)
    bot = visit.world.bots.get(given.bot)
    if bot is None:
        raise ApiError(404, "no such bot")
    return chat_shown(visit.world, visit.world.private_chat(visit.person(given.user), bot), given.user)


async def add_group(visit: Visit) -> object:
    """A group with its creator, members and administrators."""
    given = visit.read(Group)
    creator = visit.person(given.user)
    members: dict[int, Status] = {creator.id: "creator"}
    for member in (*given.members, *given.admins):
        if member != creator.id:
            members[visit.world.account(member).id] = "administrator" if member in given.admins else "member"
    kind = "supergroup" if given.forum else given.type
    group = visit.world.new_group(kind, given.title, members, given.forum)
    announce(visit.world, group, creator)
    return chat_shown(visit.world, group, creator.id)


def _group(visit: Visit) -> Chat:
    group = visit.chat()
    if group.type == "private":
        raise ApiError(400, "this is a private chat")
    if group.migrated_to is not None:
        raise ApiError(400, "this group became a supergroup")
    return group


async def set_member(visit: Visit) -> object:
    """Somebody is added, promoted or removed by a person."""
    given = visit.read(Membership)
    group = _group(visit)
    account = visit.world.account(given.member)
    change_member(visit.world, group, visit.person(given.user), account, given.status)
    return chat_shown(visit.world, group, given.user)


async def add_topic(visit: Visit) -> object:
    """A topic that a person opens."""
    given = visit.read(NewTopic)
    group = _group(visit)
    if not group.is_forum:
        raise ApiError(400, "this group has no topics")
    topic = create_topic(
        visit.world, group, visit.person(given.user), given.name, COLORS[len(group.topics) % len(COLORS)]
    )
    return {"id": topic.id, "name": topic.name, "color": topic.icon_color, "closed": topic.closed}


async def set_topic(visit: Visit) -> object:
    """A topic that a person closes or reopens."""
    given = visit.read(TopicState)
    group = _group(visit)
    topic = group.topics.get(visit.path["topic"])
    if topic is None:
        raise ApiError(404, "no such topic")
    if topic.closed != given.closed:
        set_closed(visit.world, group, visit.person(given.user), topic, given.closed)
    return chat_shown(visit.world, group, given.user)


async def to_supergroup(visit: Visit) -> object:
    """The group gets a new id; the answer is the new chat."""
    person = visit.person(visit.read(Whose).user)
    return chat_shown(visit.world, migrate(visit.world, _group(visit), person), person.id)


async def block(visit: Visit) -> object:
    """A person blocks a bot, or lets it write again."""
    given = visit.read(Block)
    private = visit.chat()
    set_blocked(visit.world, private, visit.person(given.user), given.blocked)
    return chat_shown(visit.world, private, given.user)

"""Chats in the people's API: private chats, groups, members and topics."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from bot.sandbox import Json
from bot.sandbox.chats.command_lists import commands_for
from bot.sandbox.chats.membership import announce, change_member, migrate, set_blocked
from bot.sandbox.chats.messages import message_for_people
from bot.sandbox.chats.topics import COLORS, create_topic, delete_topic, set_closed
from bot.sandbox.errors import ApiError
from bot.sandbox.people.dependencies import ByUser, ChatInPath, Fields, GroupInPath, TheWorld, find_bot, find_person
from bot.sandbox.state.chats import Chat, Message, Status, Topic
from bot.sandbox.state.world import World

router = APIRouter()
Title = Annotated[str, Field(min_length=1, max_length=128)]


class PrivateChat(Fields):
    """A person and a bot."""

    user: int
    bot: int


class NewGroup(Fields):
    """A new group; `user` creates it."""

    user: int
    title: Title
    type: Literal["group", "supergroup"] = "supergroup"
    forum: bool = False
    members: tuple[int, ...] = ()
    admins: tuple[int, ...] = ()
    hidden_members: bool = False


class Membership(Fields):
    """A new status of a member; `user` changes it."""

    user: int
    member: int
    status: Literal["administrator", "member", "left", "kicked"] = "member"


class NewTopic(Fields):
    """A new topic; `user` opens it."""

    user: int
    name: Title


class TopicState(Fields):
    """A topic that `user` closes or reopens."""

    user: int
    closed: bool


class Block(Fields):
    """A bot that `user` blocks or unblocks."""

    user: int
    blocked: bool


@router.get("/chats", summary="The chats of a person, newest first")
async def chats(world: TheWorld, query: Annotated[ByUser, Query()]) -> Json:
    """Return the chats of a person. Each bot has one, so that the page can offer it."""
    person = find_person(world, query.user)
    for bot in world.bots.values():
        world.private_chat(person, bot)
    found = [chat for chat in world.chats.values() if person.id in chat.present()]
    found.sort(key=lambda chat: -last.date if (last := _last_message(chat)) is not None else 0)
    return {"chats": [chat_for_people(world, chat, person.id) for chat in found], "cursor": world.events.cursor}


@router.post("/chats", summary="Open the private chat with a bot; sends nothing")
async def open_private(world: TheWorld, wanted: PrivateChat) -> Json:
    """Return the private chat of a person with a bot."""
    bot = find_bot(world, wanted.bot)
    return chat_for_people(world, world.private_chat(find_person(world, wanted.user), bot), wanted.user)


@router.post("/groups", summary="Make a group, supergroup or forum")
async def add_group(world: TheWorld, wanted: NewGroup) -> Json:
    """Make a group with its creator, members and administrators; a forum is always a supergroup."""
    creator = find_person(world, wanted.user)
    members: dict[int, Status] = {creator.id: "creator"}
    for member in (*wanted.members, *wanted.admins):
        if member != creator.id:
            members[world.account(member).id] = "administrator" if member in wanted.admins else "member"
    kind = "supergroup" if wanted.forum else wanted.type
    group = world.new_group(kind, wanted.title, members, wanted.forum)
    group.rules.hidden_members = wanted.hidden_members
    announce(world, group, creator)
    return chat_for_people(world, group, creator.id)


@router.get("/chats/{chat}", summary="One chat with its members, topics and commands")
async def get_chat(world: TheWorld, chat: ChatInPath, query: Annotated[ByUser, Query()]) -> Json:
    """Return one chat; the commands are those that this person sees."""
    return chat_for_people(world, chat, query.user)


@router.post("/chats/{chat}/members", summary="Add, promote or remove somebody")
async def set_member(world: TheWorld, group: GroupInPath, membership: Membership) -> Json:
    """Give a person or a bot a new status in a group."""
    account = world.account(membership.member)
    change_member(world, group, find_person(world, membership.user), account, membership.status)
    return chat_for_people(world, group, membership.user)


@router.post("/chats/{chat}/topics", summary="Open a topic")
async def add_topic(world: TheWorld, group: GroupInPath, topic: NewTopic) -> Json:
    """Open a topic; the colors of topics alternate."""
    if not group.is_forum:
        raise ApiError(400, "this group has no topics")
    color = COLORS[len(group.topics) % len(COLORS)]
    return _topic_for_people(create_topic(world, group, find_person(world, topic.user), topic.name, color))


@router.patch("/chats/{chat}/topics/{topic}", summary="Close or reopen a topic")
async def set_topic(world: TheWorld, group: GroupInPath, topic: int, state: TopicState) -> Json:
    """Close or reopen a topic."""
    found = group.topics.get(topic)
    if found is None:
        raise ApiError(404, "no such topic")
    if found.closed != state.closed:
        set_closed(world, group, find_person(world, state.user), found, state.closed)
    return chat_for_people(world, group, state.user)


@router.delete("/chats/{chat}/topics/{topic}", summary="Delete a topic with its messages")
async def remove_topic(world: TheWorld, group: GroupInPath, topic: int, by: Annotated[ByUser, Query()]) -> Json:
    """Delete a topic; bots are not told, as in Telegram."""
    found = group.topics.get(topic)
    if found is None:
        raise ApiError(404, "no such topic")
    if not group.administered_by(find_person(world, by.user).id):
        raise ApiError(403, "only administrators delete topics")
    delete_topic(world, group, found)
    return chat_for_people(world, group, by.user)


@router.post("/chats/{chat}/migrate", summary="Make a supergroup of a group")
async def to_supergroup(world: TheWorld, group: GroupInPath, by: ByUser) -> Json:
    """Make a supergroup of a group, and return the supergroup."""
    person = find_person(world, by.user)
    return chat_for_people(world, migrate(world, group, person), person.id)


@router.post("/chats/{chat}/block", summary="Block or unblock the bot")
async def block(world: TheWorld, chat: ChatInPath, state: Block) -> Json:
    """Block the bot of a private chat, or let it write again."""
    set_blocked(world, chat, find_person(world, state.user), state.blocked)
    return chat_for_people(world, chat, state.user)


def chat_for_people(world: World, chat: Chat, viewer: int) -> Json:
    """Return a chat as the list of chats shows it to a person."""
    bot = world.bots.get(chat.bot_id)
    last = _last_message(chat)
    return {
        "key": chat.key,
        "id": chat.id,
        "type": chat.type,
        "title": bot.first_name if bot is not None else chat.title,
        "is_forum": chat.is_forum,
        "bot": bot.to_json_full() if bot is not None else None,
        "description": bot.descriptions.get("", "") if bot is not None else "",
        "started": chat.started,
        "blocked": chat.blocked,
        "migrated_to": f"g{chat.migrated_to}" if chat.migrated_to else None,
        "members": [world.account(member).to_json() | {"status": chat.members[member]} for member in chat.present()],
        "rules": asdict(chat.rules) | {"forbidden": sorted(chat.rules.forbidden)},
        "topics": [_topic_for_people(topic) for topic in chat.topics.values()],
        "last_message": message_for_people(world, last) if last is not None else None,
        "commands": commands_for(world, chat, viewer),
    }


def _topic_for_people(topic: Topic) -> Json:
    return {"id": topic.id, "name": topic.name, "color": topic.icon_color, "closed": topic.closed}


def _last_message(chat: Chat) -> Message | None:
    return chat.messages[next(reversed(chat.messages))] if chat.messages else None

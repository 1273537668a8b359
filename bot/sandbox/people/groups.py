"""What the administrators of a group set, and how a link adds a bot to a group, in the people's API."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from bot.sandbox import Json
from bot.sandbox.chats.membership import change_member
from bot.sandbox.chats.messages import REACTIONS, message_for_people, post
from bot.sandbox.errors import ApiError
from bot.sandbox.people.chats import chat_for_people
from bot.sandbox.people.dependencies import Fields, GroupInPath, TheWorld, find_bot, find_person
from bot.sandbox.state.chats import GONE
from bot.sandbox.text.entities import plain

router = APIRouter()
Permission = Literal["can_send_messages", "can_send_photos", "can_send_videos", "can_send_documents",
                     "can_send_other_messages"]  # fmt: skip


class NewRules(Fields):
    """The rules that change; bot.sandbox.state.chats.Rules describes them.

    Members, and bots that do not administer the group, lose the fields of ChatPermissions in `forbidden`. `restricted`
    is what Telegram does to a group. `all_reactions` makes all reactions available again.
    """

    hidden_members: bool | None = None
    forbidden: tuple[Permission, ...] | None = None
    slow_mode: Annotated[int, Field(ge=0, le=3600)] | None = None
    restricted: bool | None = None
    reactions: tuple[str, ...] | None = None
    all_reactions: bool = False


class StartInGroup(Fields):
    """The bot of a link t.me/BOT?startgroup=WORD, and the person who followed it."""

    user: int
    bot: int
    word: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""


@router.patch("/chats/{chat}/rules", summary="Rights of members, slow mode, hidden members, reactions")
async def set_rules(world: TheWorld, group: GroupInPath, change: NewRules) -> Json:
    """Change the rules of a group that are given; hidden members are for supergroups."""
    rules = group.rules
    if change.hidden_members and group.type != "supergroup":
        raise ApiError(400, "only a supergroup can hide its members")
    if any(emoji not in REACTIONS for emoji in change.reactions or ()):
        raise ApiError(400, "this is no reaction that Telegram offers")
    if change.forbidden is not None:
        rules.forbidden = set(change.forbidden)
    if change.reactions is not None or change.all_reactions:
        rules.reactions = None if change.all_reactions else list(change.reactions or ())
    if change.hidden_members is not None:
        rules.hidden_members = change.hidden_members
    if change.slow_mode is not None:
        rules.slow_mode = change.slow_mode
    if change.restricted is not None:
        rules.restricted = change.restricted
    world.events.add("chat", group.key)
    return {"rules": chat_for_people(world, group, 0)["rules"]}


@router.post("/chats/{chat}/startgroup", summary="Follow a link t.me/BOT?startgroup=WORD")
async def start_in_group(world: TheWorld, group: GroupInPath, start: StartInGroup) -> Json:
    """Add a bot to a group as the link does: the app then sends `/start@bot`, also without a word."""
    person, bot = find_person(world, start.user), find_bot(world, start.bot)
    if group.members.get(person.id, "left") in GONE:
        raise ApiError(403, "you are not in this chat")
    if group.members.get(bot.id, "left") in GONE:
        change_member(world, group, person, bot, "member")
    text, entities = plain(f"/start@{bot.username} {start.word}".strip())
    sent = post(world, group, person, {"text": text, "entities": entities})
    return {"messages": [message_for_people(world, sent)], "cursor": world.events.cursor}

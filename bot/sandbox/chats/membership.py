"""Who is in a chat: joining, leaving, blocking, and a group that becomes a supergroup."""

from __future__ import annotations

from bot.sandbox.chats.messages import post
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Account, Bot, Json, Person
from bot.sandbox.state.chats import Chat, Status
from bot.sandbox.state.world import World, now

GONE = ("left", "kicked")


def change_member(world: World, chat: Chat, actor: Account, account: Account, status: Status) -> None:
    """Give an account a new status in a group, with the service message and the updates that follow from it."""
    old: Status = chat.members.get(account.id, "left")
    if old == status:
        return
    if old not in GONE and status in GONE:
        # the one who leaves hears of it as well, so the service message comes first
        post(world, chat, actor, {"left_chat_member": account.wire()})
    chat.members[account.id] = status
    if old in GONE and status not in GONE:
        post(world, chat, actor, {"new_chat_members": [account.wire()]})
    _tell_member_change(world, chat, actor, account, old=old, new=status)
    world.events.add("chat", chat.key)


def announce(world: World, chat: Chat, actor: Account) -> None:
    """A group is new: its service message, and for each bot in it the news that it is a member."""
    post(world, chat, actor, {"supergroup_chat_created" if chat.type == "supergroup" else "group_chat_created": True})
    for bot in world.bots_in(chat):
        _tell_member_change(world, chat, actor, bot, old="left", new=chat.members[bot.id])
    world.events.add("chat", chat.key)


def _tell_member_change(
    world: World, chat: Chat, actor: Account, account: Account, *, old: Status, new: Status
) -> None:
    body: Json = {
        "chat": world.wire_chat(chat),
        "from": actor.wire(),
        "date": now(),
        "old_chat_member": world.member_wire(account.id, old),
        "new_chat_member": world.member_wire(account.id, new),
    }
    if isinstance(account, Bot):
        world.queues[account.id].put("my_chat_member", body)
    for bot in world.bots_in(chat):
        if bot.id != account.id and chat.members[bot.id] in ("administrator", "creator"):
            world.queues[bot.id].put("chat_member", body)


def set_blocked(world: World, chat: Chat, person: Person, blocked: bool) -> None:
    """A person stops or lets the bot again: my_chat_member with the status "kicked" or "member"."""
    if chat.type != "private":
        raise bad_request("only a private chat can be blocked")
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    old: Status = "member" if blocked else "kicked"
    new: Status = "kicked" if blocked else "member"
    _tell_member_change(world, chat, person, world.bots[chat.bot_id], old=old, new=new)
    world.events.add("chat", chat.key)


def migrate(world: World, chat: Chat, actor: Account) -> Chat:
    """A group becomes a supergroup with a new id; both chats say so (Bot API, migrate_to_chat_id)."""
    if chat.type != "group" or chat.migrated_to is not None:
        raise bad_request("only a basic group can become a supergroup")
    fresh = world.new_group("supergroup", chat.title, chat.members)
    post(world, chat, actor, {"migrate_to_chat_id": fresh.id})
    chat.migrated_to = fresh.id
    post(world, fresh, actor, {"migrate_from_chat_id": chat.id})
    world.events.add("chat", chat.key)
    world.events.add("chat", fresh.key)
    return fresh

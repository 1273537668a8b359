"""Who is in a chat: joining, leaving, blocking, and a group that becomes a supergroup."""

from __future__ import annotations

from bot.sandbox import Json
from bot.sandbox.chats.messages import post
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Account, Bot, Person
from bot.sandbox.state.chats import GONE, Chat, Status
from bot.sandbox.state.shown import chat_json, member_json
from bot.sandbox.state.world import World


def change_member(world: World, chat: Chat, actor: Account, account: Account, status: Status) -> None:
    """Give an account a new status in a group, post the service message and queue the updates."""
    old: Status = chat.members.get(account.id, "left")
    if old == status:
        return
    if old not in GONE and status in GONE:
        # The account that leaves gets the service message too, so it is posted before the status changes.
        post(world, chat, actor, {"left_chat_member": account.to_json()})
    chat.members[account.id] = status
    if old in GONE and status not in GONE:
        post(world, chat, actor, {"new_chat_members": [account.to_json()]})
    _queue_member_updates(world, chat, actor, account, old=old, new=status)
    world.events.add("chat", chat.key)


def announce(world: World, chat: Chat, actor: Account) -> None:
    """Post the service message of a new group, and tell each bot in it that it is a member."""
    post(world, chat, actor, {"supergroup_chat_created" if chat.type == "supergroup" else "group_chat_created": True})
    for bot in world.bots_in(chat):
        _queue_member_updates(world, chat, actor, bot, old="left", new=chat.members[bot.id])
    world.events.add("chat", chat.key)


def _queue_member_updates(
    world: World, chat: Chat, actor: Account, account: Account, *, old: Status, new: Status
) -> None:
    """Queue my_chat_member for the bot that it is about, and chat_member for the bots that administer the chat."""
    body: Json = {
        "chat": chat_json(world, chat),
        "from": actor.to_json(),
        "date": world.clock.now(),
        "old_chat_member": member_json(world, chat, account.id, old),
        "new_chat_member": member_json(world, chat, account.id, new),
    }
    if isinstance(account, Bot):
        world.queues[account.id].put("my_chat_member", body)
    for bot in world.bots_in(chat):
        if bot.id != account.id and chat.administered_by(bot.id):
            world.queues[bot.id].put("chat_member", body)


def set_blocked(world: World, chat: Chat, person: Person, blocked: bool) -> None:
    """Block or unblock the bot of a private chat: it gets my_chat_member with the status "kicked" or "member".

    Raises:
        ApiError: the chat is a group.
    """
    if chat.type != "private":
        raise bad_request("only a private chat can be blocked")
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    old: Status = "member" if blocked else "kicked"
    new: Status = "kicked" if blocked else "member"
    _queue_member_updates(world, chat, person, world.bots[chat.bot_id], old=old, new=new)
    world.events.add("chat", chat.key)


def migrate(world: World, chat: Chat, actor: Account) -> Chat:
    """Make a supergroup of a group and return it; both chats get a service message (Bot API, migrate_to_chat_id).

    Raises:
        ApiError: the chat is no basic group, or became a supergroup before.
    """
    if chat.type != "group" or chat.migrated_to is not None:
        raise bad_request("only a basic group can become a supergroup")
    supergroup = world.new_group("supergroup", chat.title, chat.members)
    supergroup.rules = chat.rules
    post(world, chat, actor, {"migrate_to_chat_id": supergroup.id})
    chat.migrated_to = supergroup.id
    post(world, supergroup, actor, {"migrate_from_chat_id": chat.id})
    world.events.add("chat", chat.key)
    world.events.add("chat", supergroup.key)
    return supergroup

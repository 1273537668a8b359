"""What happens in chats: messages appear, change and vanish, and whoever is concerned learns of it."""

from __future__ import annotations

import zlib

from bot.sandbox.chats.privacy_mode import sees
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Account, Bot, Json, Person
from bot.sandbox.state.callbacks import Press
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import World, now

SERVICE = ("new_chat_members", "left_chat_member", "group_chat_created", "supergroup_chat_created",
           "migrate_to_chat_id", "migrate_from_chat_id", "forum_topic_created", "forum_topic_closed",
           "forum_topic_reopened", "forum_topic_edited")  # fmt: skip


def post(
    world: World,
    chat: Chat,
    sender: Account,
    content: Json,
    *,
    reply_to: int | None = None,
    quote: Json | None = None,
    thread_id: int | None = None,
    media_group_id: str | None = None,
    keyboard: Json | None = None,
) -> Message:
    """Put a message into a chat, tell the people, and the bots if a person or the chat itself wrote it."""
    message = Message(
        world.next_id(chat), chat.key, sender.id, now(), content,
        reply_to=reply_to, quote=quote, thread_id=_thread(chat, reply_to, thread_id),
        media_group_id=media_group_id, keyboard=keyboard,
    )  # fmt: skip
    if "forum_topic_created" in content:
        message.thread_id = message.id
    world.keep(chat, message)
    _tell_people(world, "message", message)
    if isinstance(sender, Person) or any(name in content for name in SERVICE):
        tell_bots(world, "message", message)
    return message


def _thread(chat: Chat, reply_to: int | None, thread_id: int | None) -> int | None:
    """A reply stays in the topic of what it answers; without topics, supergroups thread replies by their root."""
    target = chat.messages.get(reply_to) if reply_to is not None else None
    if thread_id is not None or target is None:
        return thread_id
    if chat.type == "supergroup" and not chat.is_forum:
        return target.thread_id or target.id
    return target.thread_id


def tell_bots(world: World, kind: str, message: Message) -> None:
    """Queue an update for each bot that may see the message."""
    chat = world.chats[message.chat_key]
    body: Json | None = None
    for bot in world.bots_in(chat):
        if bot.id != message.sender_id and sees(world, bot, chat, message):
            body = body or world.wire(message)
            world.queues[bot.id].put(kind, body)


def _tell_people(world: World, kind: str, message: Message) -> None:
    world.events.add(kind, message.chat_key, message=shown(world, message))


def shown(world: World, message: Message) -> Json:
    """The message as people see it: as the wire has it, with its chat key and its reactions."""
    return world.wire(message) | {
        "chat_key": message.chat_key,
        "reactions": [
            {"user_id": account, "emoji": reaction.get("emoji", "")}
            for account, reactions in message.reactions.items()
            for reaction in reactions
        ],
    }


def changed(world: World, message: Message, *, edited: bool = True) -> None:
    """A message has new content; a new keyboard alone is no edit that is marked as such."""
    if edited:
        message.edit_date = now()
    _tell_people(world, "edited", message)
    if message.sender_id in world.people:
        tell_bots(world, "edited_message", message)


def remove(world: World, chat: Chat, message: Message) -> None:
    """Take a message out of its chat."""
    del chat.messages[message.id]
    world.events.add("deleted", chat.key, message_id=message.id)


def react(world: World, chat: Chat, message: Message, account: Account, reactions: list[Json]) -> None:
    """Set the reactions of one account; bots that administer the chat, or own it, hear of people's."""
    old = message.reactions.pop(account.id, [])
    if reactions:
        message.reactions[account.id] = reactions
    world.events.add("reaction", chat.key, message_id=message.id, message=shown(world, message))
    body = {
        "chat": world.wire_chat(chat),
        "message_id": message.id,
        "user": account.wire(),
        "date": now(),
        "old_reaction": old,
        "new_reaction": reactions,
    }
    for bot in world.bots_in(chat):
        administers = chat.type == "private" or chat.members[bot.id] in ("administrator", "creator")
        if isinstance(account, Person) and administers:
            world.queues[bot.id].put("message_reaction", body)


def press(world: World, chat: Chat, message: Message, person: Person, data: str) -> Press:
    """A person presses a button: queue the callback query and return the press, to wait for its answer."""
    bot = world.bots.get(message.sender_id)
    if not isinstance(bot, Bot):
        raise bad_request("this message was not sent by a bot")
    query = world.callbacks.open(bot.id)
    body = {
        "id": query.id,
        "from": person.wire(),
        "message": world.wire(message),
        "chat_instance": str(zlib.crc32(f"{bot.id} {chat.key}".encode())),
        "data": data,
    }
    world.queues[bot.id].put("callback_query", body)
    return query

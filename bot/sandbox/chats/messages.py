"""Messages that appear, change and vanish. Each change is an event for people, and an update for the bots concerned."""

from __future__ import annotations

import zlib

from bot.sandbox import Json
from bot.sandbox.chats.privacy_mode import sees
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Account, Person
from bot.sandbox.state.callbacks import CallbackQuery
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.shown import chat_json, message_json
from bot.sandbox.state.world import World

SERVICE = ("new_chat_members", "left_chat_member", "group_chat_created", "supergroup_chat_created",
           "migrate_to_chat_id", "migrate_from_chat_id", "forum_topic_created", "forum_topic_closed",
           "forum_topic_reopened", "forum_topic_edited")  # fmt: skip
REACTIONS = set("👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾"
    "💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡") | {
    "❤\ufe0f", "❤‍🔥", "👨‍💻", "🤷‍♂️", "🤷", "🤷‍♀️", "☃\ufe0f", "✍\ufe0f"
}  # fmt: skip
"""The emoji of ReactionTypeEmoji (Bot API)."""


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
    other_markup: bool = False,
    sender_chat_id: int | None = None,
) -> Message:
    """Put a message into a chat. Bots get an update when a person wrote it, or when it is a service message."""
    message = Message(
        world.next_id(chat), chat.key, sender.id, world.clock.now(), content,
        reply_to=reply_to, quote=quote, thread_id=thread_of(chat, reply_to, thread_id),
        media_group_id=media_group_id, keyboard=keyboard, other_markup=other_markup, sender_chat_id=sender_chat_id,
    )  # fmt: skip
    if "forum_topic_created" in content:
        message.thread_id = message.id
    world.keep(chat, message)
    world.events.add("message", chat.key, message=message_for_people(world, message))
    if isinstance(sender, Person) or any(name in content for name in SERVICE):
        _queue_updates(world, "message", message)
    return message


def thread_of(chat: Chat, reply_to: int | None, thread_id: int | None) -> int | None:
    """Return the thread of a new message: a reply is in the thread of the message that it answers.

    In a supergroup without topics, the first message that was answered is the thread of all replies.
    """
    target = chat.messages.get(reply_to) if reply_to is not None else None
    if thread_id is not None or target is None:
        return thread_id
    if chat.type == "supergroup" and not chat.is_forum:
        return target.thread_id or target.id
    return target.thread_id


def _queue_updates(world: World, kind: str, message: Message) -> None:
    """Queue an update for each bot that may see the message, except its sender."""
    chat = world.chats[message.chat_key]
    for bot in world.bots_in(chat):
        if bot.id != message.sender_id and sees(world, bot, chat, message):
            message.seen_by.add(bot.id)
            world.queues[bot.id].put(kind, message_json(world, message, bot))


def message_for_people(world: World, message: Message) -> Json:
    """Return a message as the people's API shows it: the Bot API's Message with its chat key and its reactions.

    `author_id` is the account that wrote it, also where `from` names another one because a chat was the sender.
    """
    return message_json(world, message) | {
        "chat_key": message.chat_key,
        "author_id": message.sender_id,
        "by_bot": message.sender_id in world.bots,
        "reactions": [
            {"user_id": account, "emoji": reaction.get("emoji", "")}
            for account, reactions in message.reactions.items()
            for reaction in reactions
        ],
    }


def publish_edit(world: World, message: Message, *, dated: bool = True) -> None:
    """Tell of a message that has new content; without `dated`, only its keyboard is new and it gets no edit date."""
    if dated:
        message.edit_date = world.clock.now()
    world.events.add("edited", message.chat_key, message=message_for_people(world, message))
    if message.sender_id in world.people:
        _queue_updates(world, "edited_message", message)


def remove(world: World, chat: Chat, message: Message) -> None:
    """Delete a message. Telegram does not tell bots of it."""
    del chat.messages[message.id]
    world.events.add("deleted", chat.key, message_id=message.id)


def react(world: World, chat: Chat, message: Message, account: Account, reactions: list[Json]) -> None:
    """Set the reactions of one account.

    People's reactions are updates for the bot of a private chat, and for the bots that administer a group.
    """
    old = message.reactions.pop(account.id, [])
    if reactions:
        message.reactions[account.id] = reactions
    world.events.add("reaction", chat.key, message_id=message.id, message=message_for_people(world, message))
    body = {
        "chat": chat_json(world, chat),
        "message_id": message.id,
        "user": account.to_json(),
        "date": world.clock.now(),
        "old_reaction": old,
        "new_reaction": reactions,
    }
    for bot in world.bots_in(chat):
        if isinstance(account, Person) and (chat.type == "private" or chat.administered_by(bot.id)):
            world.queues[bot.id].put("message_reaction", body)


def press(world: World, chat: Chat, message: Message, person: Person, data: str) -> CallbackQuery:
    """Press a button with this callback data: queue the callback query, and return it to wait for its answer.

    It is from the person also where they write as a chat. Of a message that is too old, the bot gets only chat and id
    (official server, Client.cpp, JsonInaccessibleMessage).

    Raises:
        ApiError: no bot sent the message.
    """
    bot = world.bots.get(message.sender_id)
    if bot is None:
        raise bad_request("this message was not sent by a bot")
    query = world.callback_queries.open(bot.id)
    old = world.clock.now() - message.date > world.inaccessible_seconds
    inaccessible = {"message_id": message.id, "chat": chat_json(world, chat), "date": 0}
    body = {
        "id": query.id,
        "from": person.to_json(),
        "message": inaccessible if old else message_json(world, message, bot),
        "chat_instance": str(zlib.crc32(f"{bot.id} {chat.key}".encode())),
        "data": data,
    }
    world.queues[bot.id].put("callback_query", body)
    return query

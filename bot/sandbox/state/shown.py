"""The JSON in which the Bot API shows chats, members and messages."""

from __future__ import annotations

from typing import Any

from bot.sandbox import Json
from bot.sandbox.state.accounts import CHANNEL_BOT, GROUP_ANONYMOUS_BOT, SERVICE_NOTIFICATIONS, Bot
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import World

RIGHTS = ("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
          "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
          "can_delete_stories", "can_pin_messages", "can_manage_topics", "can_send_welcome_messages")  # fmt: skip


def chat_json(world: World, chat: Chat) -> Json:
    """Return the Bot API's Chat."""
    return chat.to_json(world.people[chat.id] if chat.type == "private" else None)


def member_json(world: World, chat: Chat, account_id: int, status: str) -> Json:
    """Return the Bot API's ChatMember for an account of this status in a chat."""
    member: Json = {"status": status, "user": world.account(account_id).to_json()}
    anonymous = account_id in chat.anonymous
    if status == "creator":
        return member | {"is_anonymous": anonymous}
    if status == "administrator":
        return member | {"can_be_edited": False, "is_anonymous": anonymous} | dict.fromkeys(RIGHTS, True)
    return member | ({"until_date": 0} if status == "kicked" else {})


def visible(bot: Bot, chat: Chat, message: Message) -> bool:
    """Return whether a bot can refer to a message.

    In a basic group each account has messages of its own, and those that privacy mode hides are not among a bot's. A
    supergroup has the same messages for all (official server, Client.cpp, on_get_reply_message).
    """
    return chat.type != "group" or message.sender_id == bot.id or bot.id in message.seen_by


def message_json(world: World, message: Message, viewer: Bot | None = None, *, nested: bool = False) -> Json:
    """Return the Bot API's Message as a bot gets it, or without `viewer` as the people's API shows it.

    A nested one, in `reply_to_message`, contains no further message.
    """
    chat = world.chats[message.chat_key]
    body: Json = {"message_id": message.id} | sender_json(world, chat, message)
    body |= {"chat": chat_json(world, chat), "date": message.date}
    optional = {
        "message_thread_id": message.thread_id,
        "is_topic_message": (message.thread_id in chat.topics) or None,
        "media_group_id": message.media_group_id,
        "edit_date": message.edit_date,
        "quote": message.quote,
        "reply_markup": message.keyboard,
    }
    body |= {name: value for name, value in optional.items() if value is not None}
    body |= message.content if viewer is None else _with_file_ids(world, viewer, message.id, message.content)
    target = None if nested else _reply_target(chat, message)
    if target is None or (viewer is not None and not visible(viewer, chat, target)):
        return body
    return body | {"reply_to_message": message_json(world, target, viewer, nested=True)}


def sender_json(world: World, chat: Chat, message: Message) -> Json:
    """Return the fields `from` and `sender_chat` (official server, Client.cpp, init_message)."""
    if message.sender_chat_id is None:
        return {"from": world.account(message.sender_id).to_json()}
    if message.sender_chat_id == chat.id:
        return {"from": GROUP_ANONYMOUS_BOT, "sender_chat": chat_json(world, chat)}
    forwarded = "is_automatic_forward" in message.content
    channel = world.channels[message.sender_chat_id]
    return {"from": SERVICE_NOTIFICATIONS if forwarded else CHANNEL_BOT, "sender_chat": channel.to_json()}


def _with_file_ids(world: World, bot: Bot, message_id: int, value: Any) -> Any:
    """Return content in which all file_ids are those of a bot."""
    if isinstance(value, list):
        return [_with_file_ids(world, bot, message_id, each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: world.files.id_for(bot.id, each, message_id)
        if name == "file_id"
        else _with_file_ids(world, bot, message_id, each)
        for name, each in value.items()
    }


def _reply_target(chat: Chat, message: Message) -> Message | None:
    """Return the message that a message replies to: in a topic, by default the one that created the topic."""
    target = message.reply_to
    if target is None and message.thread_id in chat.topics and message.thread_id != message.id:
        target = message.thread_id
    return None if target is None else chat.messages.get(target)

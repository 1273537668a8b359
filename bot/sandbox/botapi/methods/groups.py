"""Methods about chats, their members and their topics."""

from __future__ import annotations

from bot.sandbox import Json
from bot.sandbox.botapi.call import Call
from bot.sandbox.chats.membership import change_member
from bot.sandbox.chats.topics import COLORS, create_topic, set_closed
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import GROUP_ANONYMOUS_BOT
from bot.sandbox.state.chats import Chat, Status
from bot.sandbox.state.shown import chat_json, member_json

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
PERMISSIONS = ("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
               "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
               "can_add_web_page_previews", "can_react_to_messages", "can_change_info", "can_invite_users",
               "can_pin_messages")  # fmt: skip
REACTIONS_PER_MESSAGE = 11


async def get_chat(call: Call) -> object:
    """Bot API, getChat."""
    chat = call.chat(access="read")
    full: Json = chat_json(call.world, chat) | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": REACTIONS_PER_MESSAGE,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }
    if chat.type == "private":
        return full | {"active_usernames": [full["username"]]}
    rules = chat.rules
    optional: Json = {
        "has_hidden_members": rules.hidden_members or None,
        "slow_mode_delay": rules.slow_mode or None,
        "linked_chat_id": chat.linked_channel_id or None,
        "available_reactions": rules.reactions and [{"type": "emoji", "emoji": emoji} for emoji in rules.reactions],
    }
    full |= {name: value for name, value in optional.items() if value is not None}
    return full | {"permissions": {name: name not in rules.forbidden for name in PERMISSIONS}}


async def get_chat_member(call: Call) -> object:
    """Bot API, getChatMember: of hidden members, others than the bot are shown to an administrator only."""
    user_id = call.params.required_integer("user_id")
    chat = call.chat(access="read" if user_id == call.bot.id else "members")
    if chat.type == "private" and user_id not in chat.members:
        raise bad_request("member not found")
    if chat.rules.hidden_members and user_id != call.bot.id and not chat.administered_by(call.bot.id):
        raise bad_request("CHAT_ADMIN_REQUIRED" if user_id in chat.present() else "PARTICIPANT_ID_INVALID")
    if user_id == GROUP_ANONYMOUS_BOT["id"]:
        return {"status": "left", "user": GROUP_ANONYMOUS_BOT}
    if user_id not in call.world.people and user_id not in call.world.bots:
        raise bad_request("PARTICIPANT_ID_INVALID")
    status: Status = chat.members.get(user_id, "left")
    return member_json(call.world, chat, user_id, status)


async def get_chat_member_count(call: Call) -> object:
    """Bot API, getChatMemberCount."""
    return len(call.chat(access="members").present())


async def get_chat_administrators(call: Call) -> object:
    """Bot API, getChatAdministrators: without other bots unless they are asked for."""
    chat = call.chat(access="members")
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    hidden = set() if call.params.flag("return_bots") else set(call.world.bots) - {call.bot.id}
    return [
        member_json(call.world, chat, member, status)
        for member, status in chat.members.items()
        if status in ("creator", "administrator") and member not in hidden
    ]


async def leave_chat(call: Call) -> object:
    """Bot API, leaveChat."""
    chat = call.chat(access="read")
    if chat.type == "private":
        raise bad_request("chat can't be left: it is a private chat")
    change_member(call.world, chat, call.bot, call.bot, "left")
    return True


def _forum(call: Call) -> Chat:
    """Return the forum of the call, where the bot may manage topics."""
    chat = call.chat()
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if not chat.administered_by(call.bot.id):
        raise bad_request("not enough rights to create a topic")
    return chat


async def create_forum_topic(call: Call) -> object:
    """Bot API, createForumTopic."""
    chat = _forum(call)
    name = call.params.text("name").strip()
    if not 1 <= len(name) <= 128:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    color = call.params.integer("icon_color", COLORS[0])
    if color not in COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    topic = create_topic(call.world, chat, call.bot, name, color)
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": topic.icon_color}


async def close_forum_topic(call: Call) -> object:
    """Bot API, closeForumTopic."""
    return _set_closed(call, True)


async def reopen_forum_topic(call: Call) -> object:
    """Bot API, reopenForumTopic."""
    return _set_closed(call, False)


def _set_closed(call: Call, closed: bool) -> bool:
    chat = _forum(call)
    topic = chat.topics.get(call.params.integer("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    set_closed(call.world, chat, call.bot, topic, closed)
    return True

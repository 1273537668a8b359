"""Whether a bot may write in a chat, and what (tdlib, MessageContent.cpp, can_send_message_content)."""

from __future__ import annotations

from bot.sandbox import Json
from bot.sandbox.errors import bad_request, too_many_requests
from bot.sandbox.state.accounts import Bot
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.world import World

NEEDED = {
    "text": ("can_send_messages", "text messages"),
    "photo": ("can_send_photos", "photos"),
    "animation": ("can_send_other_messages", "animations"),  # before document: an animation has that field too
    "video": ("can_send_videos", "videos"),
    "document": ("can_send_documents", "documents"),
    "sticker": ("can_send_other_messages", "stickers"),
}
"""For each kind of content: the field of ChatPermissions that it needs, and its name in the refusal."""


def check_rights(world: World, bot: Bot, chat: Chat, contents: list[Json]) -> None:
    """Check that a bot may send messages with these contents.

    Raises:
        ApiError: the rights or the slow mode of the group forbid it, or Telegram has restricted the group.
    """
    if chat.rules.restricted:
        raise bad_request("CHAT_RESTRICTED")
    if chat.type == "private" or chat.administered_by(bot.id):
        return
    for content in contents:
        permission, name = next(needed for kind, needed in NEEDED.items() if kind in content)
        if permission in chat.rules.forbidden:
            raise bad_request(f"not enough rights to send {name} to the chat")
    _check_slow_mode(world, bot, chat)


def _check_slow_mode(world: World, bot: Bot, chat: Chat) -> None:
    """Refuse a message that comes too soon; the server's SLOWMODE_WAIT becomes a 429 (tdlib, NetQueryDelayer.cpp)."""
    if not chat.rules.slow_mode:
        return
    last = max((each.date for each in chat.messages.values() if each.sender_id == bot.id), default=0)
    left = last + chat.rules.slow_mode - world.clock.now()
    if left > 0:
        raise too_many_requests(left)

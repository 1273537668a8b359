"""Chats and what is in them: members, topics and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.state.accounts import Json

ChatType = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "left", "kicked"]


@dataclass
class Message:
    """One message; `content` holds the fields that depend on its kind, as the wire names them."""

    id: int
    chat_key: str
    sender_id: int
    date: int
    content: Json
    reply_to: int | None = None
    quote: Json | None = None
    thread_id: int | None = None
    media_group_id: str | None = None
    keyboard: Json | None = None
    edit_date: int | None = None
    reactions: dict[int, list[Json]] = field(default_factory=dict)  # by account


@dataclass
class Topic:
    """A topic of a forum; its id is the id of the service message that made it."""

    id: int
    name: str
    icon_color: int
    closed: bool = False


@dataclass
class Chat:
    """A conversation.

    The wire calls the private chats of one person with two bots by the same id, so `key` tells them apart.
    """

    key: str
    id: int
    type: ChatType
    title: str
    is_forum: bool = False
    bot_id: int = 0  # of a private chat
    started: bool = False  # a bot cannot write first (Bot API, "How do I start a conversation")
    blocked: bool = False
    members: dict[int, Status] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    migrated_to: int | None = None

    def present(self) -> list[int]:
        """The accounts that are in the chat now."""
        return [member for member, status in self.members.items() if status not in ("left", "kicked")]

    def wire(self, owner: Json | None = None) -> Json:
        """The chat as the Bot API's Chat; a private chat is named after its person."""
        chat: Json = {"id": self.id, "type": self.type}
        if owner is not None:
            return chat | {key: owner[key] for key in ("first_name", "username") if owner.get(key)}
        chat["title"] = self.title
        if self.is_forum:
            chat["is_forum"] = True
        return chat

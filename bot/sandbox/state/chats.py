"""Chats and what is in them: members, topics and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox import Json
from bot.sandbox.state.accounts import Person

ChatType = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "left", "kicked"]
GONE: tuple[Status, ...] = ("left", "kicked")


@dataclass
class Message:
    """One message; `content` holds the fields of the Bot API's Message that depend on its kind."""

    id: int
    chat_key: str
    sender_id: int
    date: int  # Unix time
    content: Json
    reply_to: int | None = None  # a message id
    quote: Json | None = None  # TextQuote
    thread_id: int | None = None
    media_group_id: str | None = None
    keyboard: Json | None = None  # InlineKeyboardMarkup
    other_markup: bool = False  # a reply keyboard, its removal, or a forced reply: such a message cannot be edited
    sender_chat_id: int | None = None  # the group itself or a channel, in whose name the sender wrote
    seen_by: set[int] = field(default_factory=set)  # the bots that got it in an update
    edit_date: int | None = None
    reactions: dict[int, list[Json]] = field(default_factory=dict)  # by account id


@dataclass
class Rules:
    """What the administrators of a group have set, and what Telegram has."""

    hidden_members: bool = False
    forbidden: set[str] = field(default_factory=set)  # the fields of ChatPermissions that members do not have
    slow_mode: int = 0  # seconds between two messages of a member
    restricted: bool = False  # by Telegram: nobody can write
    reactions: list[str] | None = None  # the emoji that are available; None: all


@dataclass
class Topic:
    """A topic of a forum; its id is the id of the service message that created it."""

    id: int
    name: str
    icon_color: int
    closed: bool = False


@dataclass
class Chat:
    """A conversation.

    In the Bot API the private chats of one person with two bots have the same id, so `key` tells them apart.
    """

    key: str
    id: int
    type: ChatType
    title: str
    is_forum: bool = False
    bot_id: int = 0  # the bot of a private chat
    started: bool = False  # a bot cannot write first in a private chat (Bots FAQ)
    blocked: bool = False  # the person blocked the bot
    members: dict[int, Status] = field(default_factory=dict)  # by account id
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0  # of a message, in a supergroup
    migrated_to: int | None = None  # the id of the supergroup that this group became
    rules: Rules = field(default_factory=Rules)
    anonymous: set[int] = field(default_factory=set)  # the administrators who write as the group
    linked_channel_id: int = 0  # the channel whose posts are forwarded to the group; 0: none

    def present(self) -> list[int]:
        """Return the ids of the accounts that are in the chat now."""
        return [member for member, status in self.members.items() if status not in GONE]

    def administered_by(self, account_id: int) -> bool:
        """Return whether the account created the chat or administers it."""
        return self.members.get(account_id) in ("administrator", "creator")

    def to_json(self, person: Person | None = None) -> Json:
        """Return the Bot API's Chat; a private chat has the name of its person."""
        chat: Json = {"id": self.id, "type": self.type}
        if person is not None:
            return chat | {"first_name": person.first_name, "username": person.username}
        chat["title"] = self.title
        if self.is_forum:
            chat["is_forum"] = True
        return chat

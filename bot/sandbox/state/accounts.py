"""Accounts: people, bots, and channels that write in groups."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox import Json


@dataclass
class Person:
    """Somebody who writes in the web chat, or a test that acts as somebody."""

    id: int
    first_name: str
    username: str
    language_code: str = "en"
    channel_id: int = 0  # the channel as which the person writes in groups; 0: none yet

    def to_json(self) -> Json:
        """Return the Bot API's User."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
        }


@dataclass
class Bot:
    """One token. Names and descriptions are kept by language code; "" is the default of all languages."""

    id: int
    token: str
    username: str
    names: dict[str, str]
    privacy: bool = True  # as set by BotFather's /setprivacy: in groups, the bot gets only what is meant for it
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)  # by scope and language
    menu_buttons: dict[int, Json] = field(default_factory=dict)  # by chat id; 0 is the default of all chats

    @property
    def first_name(self) -> str:
        """The name in the default language."""
        return self.names[""]

    def to_json(self) -> Json:
        """Return the Bot API's User."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}

    def to_json_full(self) -> Json:
        """Return the Bot API's User with the fields that only getMe returns."""
        return self.to_json() | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }


Account = Person | Bot


@dataclass(frozen=True)
class Channel:
    """A channel, of which the sandbox knows only that it writes in groups."""

    id: int
    title: str
    username: str

    def to_json(self) -> Json:
        """Return the Bot API's Chat."""
        return {"id": self.id, "type": "channel", "title": self.title, "username": self.username}


# Who a message in a group is from when a chat sent it (official server, Client.cpp, init_message).
GROUP_ANONYMOUS_BOT: Json = {
    "id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot",
}  # fmt: skip
CHANNEL_BOT: Json = {"id": 136_817_688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
SERVICE_NOTIFICATIONS: Json = {"id": 777_000, "is_bot": False, "first_name": "Telegram"}

"""Who takes part: people and bots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Person:
    """Somebody who writes in the web chat, or a test that plays somebody."""

    id: int
    first_name: str
    username: str
    language_code: str = "en"

    @property
    def is_bot(self) -> bool:
        """People are not bots."""
        return False

    def wire(self) -> Json:
        """The account as the Bot API's User."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
        }


@dataclass
class Bot:
    """One token. What a bot says about itself is kept by language; "" is the default of all."""

    id: int
    token: str
    username: str
    names: dict[str, str]
    privacy: bool = True  # as BotFather's /setprivacy: in groups, only what is meant for the bot
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)  # keyed by scope and language
    menu_buttons: dict[int, Json] = field(default_factory=dict)  # keyed by chat, 0 is the default

    @property
    def first_name(self) -> str:
        """The name of the bot where no language asks for another."""
        return self.names[""]

    @property
    def is_bot(self) -> bool:
        """Bots are bots."""
        return True

    def wire(self) -> Json:
        """The account as the Bot API's User."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}

    def wire_self(self) -> Json:
        """The account as getMe returns it: with the fields that only getMe carries."""
        return self.wire() | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }


Account = Person | Bot

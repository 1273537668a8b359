"""The state of one sandbox: accounts, chats and files."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.errors import ApiError, bad_request, forbidden
from bot.sandbox.state.accounts import Account, Bot, Channel, Person
from bot.sandbox.state.call_log import CallLog
from bot.sandbox.state.callbacks import CallbackQueries
from bot.sandbox.state.chats import Chat, ChatType, Message, Status
from bot.sandbox.state.clock import Clock
from bot.sandbox.state.events import EventLog
from bot.sandbox.state.faults import FaultList
from bot.sandbox.state.files import DEFAULT_CAP, FileStore
from bot.sandbox.state.flood_limits import FloodLimits
from bot.sandbox.state.updates import UpdateQueue, Webhook

TOKEN = re.compile(r"(\d{1,16}):[A-Za-z0-9_-]{30,}")
FIRST_PERSON = 1_000_001
FIRST_GROUP = 4_000_001
INACCESSIBLE_SECONDS = 48 * 3600.0  # nobody outside Telegram knows the number; reports speak of hours to 48 h
MESSAGES_KEPT = 50_000  # of all chats together
SUPERGROUP = -1_000_000_000_000  # ids of supergroups and channels are below
Access = Literal["read", "members", "edit", "write"]
"""What a call needs of a chat: the four kinds of access rights of the official server (Client.h, AccessRights)."""


@dataclass
class World:
    """Everything that a sandbox remembers; `bot_name` and `bot_username` are those of the first bot that calls."""

    bot_name: str = "Vitrage"
    bot_username: str = "vitrage_bot"
    file_cap: int = DEFAULT_CAP
    limits: bool = True  # whether the flood limits are on at the start
    people: dict[int, Person] = field(default_factory=dict)
    bots: dict[int, Bot] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    queues: dict[int, UpdateQueue] = field(default_factory=dict)
    webhooks: dict[int, Webhook] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    events: EventLog = field(default_factory=EventLog)
    faults: FaultList = field(default_factory=FaultList)
    call_log: CallLog = field(default_factory=CallLog)
    order: deque[tuple[str, int]] = field(default_factory=deque)  # chat key and id of every message, oldest first
    last_id: int = 0  # of messages in private chats and basic groups, which share one count
    last_group: int = FIRST_GROUP - 1
    last_person: int = FIRST_PERSON - 1
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    clock: Clock = field(default_factory=Clock)
    inaccessible_seconds: float = INACCESSIBLE_SECONDS  # a press under an older message does not bring the message
    caption_commands: bool = True  # whether privacy mode lets commands in captions through: nobody knows

    def __post_init__(self) -> None:
        self.files = FileStore(self.file_cap)
        self.callback_queries = CallbackQueries(self.clock)
        self.flood_limits = FloodLimits(self.clock, self.limits)

    def close(self) -> None:
        """End all waits: the server is stopping."""
        self.closing.set()
        self.events.close()
        self.call_log.close()
        for queue in self.queues.values():
            queue.close()

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds, or until the server stops."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.closing.wait(), seconds)

    def bot(self, token: str) -> Bot:
        """Return the bot of a token; any well-formed token is a bot from its first call on.

        Raises:
            ApiError: 404 for a malformed token, 401 for another token of a known bot.
        """
        match = TOKEN.fullmatch(token)
        if match is None:
            raise ApiError(404, "Not Found")
        bot_id = int(match[1])
        known = self.bots.get(bot_id)
        if known is None:
            return self._new_bot(bot_id, token)
        if not secrets.compare_digest(known.token, token):
            raise ApiError(401, "Unauthorized")
        return known

    def _new_bot(self, bot_id: int, token: str) -> Bot:
        first = not self.bots
        username = self.bot_username if first else f"sandbox_{bot_id}_bot"
        bot = Bot(bot_id, token, username, {"": self.bot_name if first else f"Bot {bot_id}"})
        self.bots[bot_id] = bot
        self.queues[bot_id] = UpdateQueue(self.clock)
        self.events.add("bot", "", bot=bot.to_json_full())
        return bot

    def new_person(self, name: str, language: str, username: str | None = None) -> Person:
        """Add a person; without a username, one is made from the name."""
        self.last_person += 1
        ascii_name = re.sub(r"[^a-z0-9_]", "", name.lower()) or "person"
        person = Person(self.last_person, name, username or f"{ascii_name}_{self.last_person}", language)
        self.people[person.id] = person
        return person

    def account(self, account_id: int) -> Account:
        """Return the person or the bot with this id.

        Raises:
            ApiError: there is none.
        """
        found = self.people.get(account_id) or self.bots.get(account_id)
        if found is None:
            raise bad_request("user not found")
        return found

    def private_chat(self, person: Person, bot: Bot) -> Chat:
        """Return the chat of a person with a bot, creating it if necessary; its id is the id of the person."""
        key = f"p{bot.id}-{person.id}"
        chat = self.chats.get(key)
        if chat is None:
            chat = Chat(key, person.id, "private", "", bot_id=bot.id, members={person.id: "member", bot.id: "member"})
            self.chats[key] = chat
        return chat

    def new_group(self, kind: ChatType, title: str, members: dict[int, Status], is_forum: bool = False) -> Chat:
        """Add a group: basic groups have short negative ids, the ids of supergroups begin with -100."""
        self.last_group += 1
        group_id = -self.last_group if kind == "group" else SUPERGROUP - self.last_group
        chat = Chat(f"g{group_id}", group_id, kind, title, is_forum=is_forum, members=dict(members))
        self.chats[chat.key] = chat
        return chat

    def new_channel(self, title: str) -> Channel:
        """Add a channel."""
        self.last_group += 1
        channel = Channel(SUPERGROUP - self.last_group, title, f"channel_{self.last_group}")
        self.channels[channel.id] = channel
        return channel

    def chat_of(self, bot: Bot, chat_id: str, access: Access = "write") -> Chat:
        """Return the chat that a bot addresses (official server, Client.cpp, check_chat_access).

        Raises:
            ApiError: there is none, or the bot has not the access that the call needs; the reason is Telegram's.
        """
        if not chat_id:
            raise bad_request("chat_id is empty")
        chat = self._named(bot, chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if access == "read" and chat.type != "supergroup":
            return chat
        if chat.type == "private":
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            return chat
        if chat.migrated_to is not None:
            if access == "edit":
                return chat
            reason = "group chat was upgraded to a supergroup chat"
            raise bad_request(reason, {"migrate_to_chat_id": chat.migrated_to})
        if chat.members[bot.id] == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if chat.members[bot.id] == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def _named(self, bot: Bot, chat_id: str) -> Chat | None:
        if chat_id.startswith("@"):
            return None  # a public group or channel: the sandbox has none
        try:
            number = int(chat_id)
        except ValueError:
            return None
        group = self.chats.get(f"g{number}")
        if group is not None:
            return group if bot.id in group.members else None
        private = self.chats.get(f"p{bot.id}-{number}")
        if private is not None and private.started:
            return private
        if number in self.people and self._share_a_group(bot, number):
            raise forbidden("bot can't initiate conversation with a user")
        return None

    def _share_a_group(self, bot: Bot, person_id: int) -> bool:
        return any(
            bot.id in chat.members and person_id in chat.members for chat in self.chats.values() if not chat.bot_id
        )

    def keep(self, chat: Chat, message: Message) -> None:
        """Store a message. Beyond the cap, the oldest message of all chats is forgotten."""
        chat.messages[message.id] = message
        self.order.append((chat.key, message.id))
        while len(self.order) > MESSAGES_KEPT:
            key, oldest = self.order.popleft()
            self.chats[key].messages.pop(oldest, None)

    def next_id(self, chat: Chat) -> int:
        """Return the id of the next message: each supergroup counts its own, all other chats share one count."""
        if chat.type == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self.last_id += 1
        return self.last_id

    def bots_in(self, chat: Chat) -> list[Bot]:
        """Return the bots that are in the chat now."""
        return [self.bots[member] for member in chat.present() if member in self.bots]

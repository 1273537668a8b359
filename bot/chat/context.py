"""What handlers are given: the parts of the program, and the request, made once where an update enters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from telegram import (
    CallbackQuery,
    Chat,
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)
from telegram.constants import ChatType
from telegram.error import BadRequest
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue
from typing_extensions import override

from bot.chat.administrators import Administrators
from bot.chat.albums import Albums
from bot.chat.i18n import Texts
from bot.chat.mentions import mention, mentionable
from bot.chat.refusals import TOPIC_GONE, UNCHANGED, UNEDITABLE, UNWRITABLE, Refusals, foreseen, says
from bot.presets.catalogue import DRAWN, Presets
from bot.storage.models import Address, Output, Recipe
from bot.storage.protocols import Stores
from engine.study.vote.ballot import Ballot


@dataclass(frozen=True)
class Quotas:
    """How many pictures may be asked for."""

    queued: int = 5  # by one user, waiting or running
    group: int = 20  # in one group, waiting or running
    day: int = 200  # by one user within 24 hours
    depth: int = 500  # by everyone, waiting or running


@dataclass(frozen=True)
class Painter:
    """What paints now, and what becomes of better weights.

    Attributes:
        weights: `pretrained`, `builtin`, or a file's name; empty while no engine child is in service.
        percent: How much of the full weights has been downloaded; None while they are not.
        trouble: Why they could not be downloaded, in one sentence; empty where there is no reason.
    """

    weights: str = ""
    percent: int | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Services:
    """The parts of the program that the chat uses."""

    stores: Stores
    albums: Albums
    presets: Presets
    default: Callable[[], Recipe]  # of users who chose nothing in /settings
    quotas: Quotas = Quotas()
    operators: frozenset[int] = frozenset()  # user ids of those who run the bot
    moderate: Callable[[bytes], Awaitable[None]] | None = None  # raises BadPictureError for photos to be refused
    pictures_wait: Callable[[], bool] = lambda: False  # whether no painter is in service, which may last
    painter: Callable[[], Painter] = Painter
    study: Ballot | None = None  # whose pictures people may vote on
    administrators: Administrators = field(default_factory=Administrators)
    refusals: Refusals = field(default_factory=Refusals)
    told: set[int] = field(default_factory=set)  # groups that have read, since the start, which replies are hidden
    menus: dict[tuple[int, int], object] = field(default_factory=dict)  # what the newest menus of /settings show

    def title(self, preset: str, say: Texts) -> str:
        """Return a preset's name for people; the operator's presets have the names of their files."""
        return say(f"preset-{preset}") if preset in DRAWN else preset.replace("-", " ").capitalize()


@dataclass(frozen=True, kw_only=True)
class Request:
    """Something that a user who may use the bot asks for.

    Attributes:
        user: The account that Telegram names; messages in the name of a chat all have the same few.
        sender_chat: The chat in whose name the user writes, None if they write in their own.
        message_id: The user's message, or the message whose button was pressed.
        thread_id: The topic of that message.
        say: The texts in the user's language.
        recipe: How the next picture is painted: by the group's settings, else by the user's, else by the default.
        output: Whether the user wants pictures as photos or as files.
    """

    bot: ExtBot[None]
    services: Services
    user: User
    chat: Chat
    message_id: int
    thread_id: int | None
    say: Texts
    recipe: Recipe
    output: Output
    sender_chat: int | None = None

    @property
    def requester(self) -> int:
        """The identity under which everything of whoever asks is kept: a group's or channel's id, or the user's."""
        return self.user.id if self.sender_chat is None else self.sender_chat

    @property
    def stores(self) -> Stores:
        """The stores of the program."""
        return self.services.stores

    @property
    def in_private(self) -> bool:
        """Whether the chat is a private one."""
        return self.chat.type == ChatType.PRIVATE

    @property
    def address(self) -> Address:
        """Who asked, and where the answer goes."""
        return Address(self.chat.id, self.thread_id, self.requester)

    async def reply(
        self,
        text: str,
        keyboard: InlineKeyboardMarkup | ForceReply | None = None,
        *,
        quote: bool | None = None,
        parse_mode: str | None = None,
    ) -> Message:
        """Send a text to the chat and topic of the request.

        Args:
            text: What to say.
            keyboard: Buttons under it, or a forced reply.
            quote: Whether it is a reply to the message; None: in groups only.
            parse_mode: How the text is formatted.
        """
        quoted = not self.in_private if quote is None else quote
        entities: list[MessageEntity] = []
        if isinstance(keyboard, ForceReply) and (addressee := await self.to_address()):
            text, entities = mention(addressee, text)
        with foreseen(*UNWRITABLE, *TOPIC_GONE):
            return await self.bot.send_message(
                self.chat.id,
                text,
                message_thread_id=self.thread_id,
                reply_parameters=ReplyParameters(self.message_id) if quoted else None,
                reply_markup=keyboard,
                parse_mode=parse_mode,
                entities=entities or None,
            )

    async def to_address(self) -> User | None:
        """Return whom a forced reply has to mention; None: it replies to their message, or nobody may be named."""
        return None


@dataclass(frozen=True, kw_only=True)
class MessageRequest(Request):
    """A request by a message; `words` stand after its command, split at white space."""

    message: Message
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Press(Request):
    """A request by a press on a button; `message` is None where Telegram does not show it any more."""

    query: CallbackQuery
    message: Message | None

    @override
    async def to_address(self) -> User | None:
        if self.in_private or self.sender_chat is not None:
            return None
        return await mentionable(self.bot, self.chat.id, self.user.id)

    async def edit(
        self, text: str, keyboard: InlineKeyboardMarkup | None = None, *, parse_mode: str | None = None
    ) -> None:
        """Change the text and the buttons of the pressed message; after a second press they are as they should be."""
        try:
            with foreseen(UNCHANGED, *UNEDITABLE, *UNWRITABLE):
                await self.bot.edit_message_text(
                    text, self.chat.id, self.message_id, reply_markup=keyboard, parse_mode=parse_mode
                )
        except BadRequest as error:
            if not says(error, UNCHANGED, *UNEDITABLE):
                raise

    async def edit_buttons(self, keyboard: InlineKeyboardMarkup | None) -> None:
        """Change the buttons of the pressed message; after a second press they are as they should be."""
        try:
            with foreseen(UNCHANGED, *UNEDITABLE, *UNWRITABLE):
                await self.bot.edit_message_reply_markup(self.chat.id, self.message_id, reply_markup=keyboard)
        except BadRequest as error:
            if not says(error, UNCHANGED, *UNEDITABLE):
                raise


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], Services]):
    """python-telegram-bot's context of one update, with our services in `bot_data`.

    Attributes:
        request: None for updates that are neither a message nor a press.
        say: The texts in the language of whoever caused the update.
    """

    request: MessageRequest | Press | None = None
    say: Texts

    @property
    def services(self) -> Services:
        """The parts of the program that handlers use."""
        return self.bot_data


ChatApplication = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], Services, JobQueue[Context] | None]

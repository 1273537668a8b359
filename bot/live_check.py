"""`vitrage doctor --live CHAT`: asks the real Telegram what nobody can know without a token, with a person's help.

The bot works with both answers to each question; what is learnt here says which of its ways will be used. It takes
about five minutes. Updates of other chats that arrive meanwhile are kept for the bot, which handles them at its next
start.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from PIL import Image
from rich.console import Console
from telegram import (
    Bot,
    CallbackQuery,
    ChatFullInfo,
    ChatMember,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    Update,
)
from telegram.constants import ChatType, UpdateType
from telegram.error import BadRequest, Conflict, RetryAfter, TelegramError

from bot.chat.rate_limiter import seconds_of
from bot.settings import Settings
from bot.storage.chat_protocols import UpdateStore
from bot.storage.databases import open_stores

T = TypeVar("T")

WAIT_SECONDS = 60.0  # for a person to do what they are asked for
PRESS_SECONDS = (5, 10, 15, 20, 30, 45, 60)  # after which presses are answered
EDITS = 40  # with a picture each, one after the other
EDIT_SECONDS = 1.0  # between two of them
REST_SECONDS = 4.0  # before the first, so that what was sent before does not count
LATER = "later"  # the callback data of the button that stays, before the time when it was sent
ALLOWED = [UpdateType.MESSAGE, UpdateType.CALLBACK_QUERY]


@dataclass
class Live:
    """A bot and the chat where it asks.

    Attributes:
        inbox: Where updates of other chats are kept.
        console: Where the person reads what to do.
    """

    bot: Bot
    chat: ChatFullInfo
    inbox: UpdateStore
    console: Console
    offset: int = 0

    @property
    def is_group(self) -> bool:
        """Whether several people can be in the chat."""
        return self.chat.type != ChatType.PRIVATE

    def ask(self, what: str) -> None:
        """Ask the person in front of the console."""
        self.console.print(f"[yellow]→[/] {what}", soft_wrap=True)

    async def wait(self, wanted: Callable[[Update], T | None], seconds: float) -> T | None:
        """Return what `wanted` finds in an update of the chat, None if it finds nothing in so many seconds."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for update in await self.bot.get_updates(self.offset, timeout=max(1, round(left)), allowed_updates=ALLOWED):
                self.offset = update.update_id + 1
                if update.effective_chat is None or update.effective_chat.id != self.chat.id:
                    await self.inbox.receive(update.update_id, update.to_json())
                elif (found := wanted(update)) is not None:
                    return found
        return None


async def examine(settings: Settings, chat_id: str, console: Console) -> bool:
    """Run all questions, print what they find, and return whether they could be asked.

    Raises:
        SettingsError: no token is set.
        StoreError: the database cannot be used: a running bot has it, and would take the updates.
    """
    token = settings.required_token()
    async with open_stores(settings.database_url, settings.blobs_dir, settings.blobs) as stores:
        try:
            async with Bot(token, base_url=f"{settings.api_url}/bot") as bot:
                live = Live(bot, await bot.get_chat(chat_id), stores.updates, console)
                for probe in PROBES:
                    await _run(live, probe)
        except Conflict:
            console.print(
                "[red]✗[/] Another program takes this bot's updates: end it. Or a webhook is set: `vitrage run` with "
                "VITRAGE_WEBHOOK=off deletes it. Then try again.",
                soft_wrap=True,
            )
            return False
        except TelegramError as error:
            console.print(f"[red]✗[/] The chat cannot be used: {error.message}. Let the bot in, and write to it there.")
            return False
    return True


async def _run(live: Live, probe: Callable[[Live], Awaitable[str]]) -> None:
    try:
        live.console.print(f"[green]✓[/] {await probe(live)}", soft_wrap=True)
    except Conflict:
        raise
    except TelegramError as error:
        live.console.print(f"[red]✗[/] {probe.__doc__} Could not be tried: {error.message}", soft_wrap=True)


async def administrators(live: Live) -> str:
    """Who administers a group?"""
    if not live.is_group:
        return "Administrators: not asked, this is a private chat."
    try:
        members = await live.bot.get_chat_administrators(live.chat.id)
    except BadRequest as error:
        return f"Administrators are hidden from the bot: {error.message}."
    hidden = sum(getattr(member, "is_anonymous", False) for member in members)
    return f"Administrators: {len(members)} are shown, {hidden} of them anonymous."


async def captions(live: Live) -> str:
    """Does a command in a caption reach a bot in privacy mode?"""
    member = await live.bot.get_chat_member(live.chat.id, live.bot.id)
    sees_all = live.bot.bot.can_read_all_group_messages or member.status == ChatMember.ADMINISTRATOR
    if not live.is_group or sees_all:
        return "Commands in captions: not asked, the bot reads everything here (private, administrator or privacy off)."
    live.ask("Send a photo with the caption /style, not as a reply.")
    found = await live.wait(lambda update: _captioned(update.message), WAIT_SECONDS)
    return "Commands in captions reach the bot." if found else "No command in a caption has reached the bot."


def _captioned(message: Message | None) -> bool | None:
    return (message is not None and (message.caption or "").startswith("/style")) or None


async def presses(live: Live) -> str:
    """How long may a press wait for its answer?"""
    row = [InlineKeyboardButton(str(number), callback_data=str(number)) for number in range(1, len(PRESS_SECONDS) + 1)]
    sent = await live.bot.send_message(
        live.chat.id, "Press every number once.", reply_markup=InlineKeyboardMarkup([row])
    )
    live.ask("Press every number under the new message, quickly.")
    answers: dict[int, asyncio.Task[bool]] = {}
    deadline = time.monotonic() + WAIT_SECONDS
    while len(answers) < len(PRESS_SECONDS) and time.monotonic() < deadline:
        query = await live.wait(lambda update: _press_of(update, sent), deadline - time.monotonic())
        if query is not None and query.data and query.data.isdigit():
            seconds = PRESS_SECONDS[int(query.data) - 1]
            answers.setdefault(seconds, asyncio.create_task(_taken(query, seconds)))
    taken = [seconds for seconds, answer in sorted(answers.items()) if await answer]
    refused = sorted(set(answers) - set(taken))
    return f"Presses: an answer was taken after {taken or 'no'} s and refused after {refused or 'no'} s."


def _press_of(update: Update, sent: Message) -> CallbackQuery | None:
    query = update.callback_query
    return query if query and query.message and query.message.message_id == sent.message_id else None


async def _taken(query: CallbackQuery, seconds: float) -> bool:
    await asyncio.sleep(seconds)
    try:
        return await query.answer()
    except BadRequest:
        return False


async def old_messages(live: Live) -> str:
    """When does a press no longer bring its message?"""
    data = f"{LATER}:{round(time.time())}"
    button = InlineKeyboardMarkup([[InlineKeyboardButton("Press me in a later run", callback_data=data)]])
    await live.bot.send_message(live.chat.id, "This stays for a later run of vitrage doctor.", reply_markup=button)
    live.ask("Press the button of an earlier run, hours or days old. If there is none, wait: the new one is for later.")
    query = await live.wait(_later, WAIT_SECONDS)
    if query is None or query.message is None or query.data is None:
        return "Old messages: no button of an earlier run was pressed. Run this again tomorrow."
    hours = (time.time() - int(query.data.partition(":")[2])) / 3600
    await query.answer()
    shown = "brings" if query.message.is_accessible else "does not bring"
    return f"Old messages: a press {shown} its message after {hours:.1f} h."


def _later(update: Update) -> CallbackQuery | None:
    query = update.callback_query
    return query if query and (query.data or "").startswith(f"{LATER}:") else None


async def forced_replies(live: Live) -> str:
    """What does a client's photo editor do with a forced reply?"""
    sent = await live.bot.send_photo(
        live.chat.id,
        _picture(0),
        caption="Mark something on this photo and send it.",
        reply_markup=ForceReply(selective=False),
    )
    live.ask("Open the new photo, draw on it with the client's editor, and send it.")
    message = await live.wait(lambda update: _with_picture(update.message), WAIT_SECONDS)
    if message is None:
        return "Forced replies: no photo has reached the bot."
    replied = message.reply_to_message
    kind = "a photo" if message.photo else "a file"
    how = "as a reply to it" if replied and replied.message_id == sent.message_id else "without the reply"
    return f"Forced replies: the marked photo came as {kind}, {how}."


def _with_picture(message: Message | None) -> Message | None:
    return message if message and (message.photo or message.document) else None


async def edits(live: Live) -> str:
    """How many edits with pictures does Telegram take?"""
    await asyncio.sleep(REST_SECONDS)
    sent = await live.bot.send_photo(live.chat.id, _picture(0), caption="This picture changes for a while.")
    for number in range(1, EDITS + 1):
        try:
            media = InputMediaPhoto(_picture(number), caption=f"{number} of {EDITS}")
            await live.bot.edit_message_media(media, live.chat.id, sent.message_id)
        except RetryAfter as error:
            pause = f"a pause of {seconds_of(error):g} s"
            return f"Edits with pictures: {number - 1} were taken, one every {EDIT_SECONDS:g} s, then came {pause}."
        await asyncio.sleep(EDIT_SECONDS)
    return f"Edits with pictures: {EDITS} were taken, one every {EDIT_SECONDS:g} s."


def _picture(number: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), (255 * number // max(1, EDITS), 90, 140)).save(buffer, "JPEG")
    return buffer.getvalue()


# The last may be followed by minutes in which the bot can write nothing there.
PROBES: tuple[Callable[[Live], Awaitable[str]], ...] = (
    administrators,
    captions,
    presses,
    old_messages,
    forced_replies,
    edits,
)

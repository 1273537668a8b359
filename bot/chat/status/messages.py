"""The messages about a job, as calls of the Bot API."""

from __future__ import annotations

import io
from typing import Any

import structlog
from PIL import Image
from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputFile,
    InputMedia,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.chat.images import edits
from bot.chat.images.decoding import in_thread
from bot.storage.models import Job, State

log = structlog.get_logger(__name__)

# Bot API, sendPhoto: at most 10 MB, width and height together at most 10000, ratio at most 20.
MAX_PHOTO_BYTES = 10_000_000
MAX_PHOTO_EDGES = 10_000
MAX_PHOTO_RATIO = 20
NAME = "vitrage.jpg"
CONFETTI = "5046509860389126442"  # Telegram's effect 🎉


class JobMessages:
    """Sends and edits the messages of one job."""

    def __init__(self, bot: Bot, job: Job) -> None:
        self._bot = bot
        self._job = job

    async def send_status(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> int:
        """Send a text as a reply to the request; return its message_id.

        Raises:
            TelegramError: it was not sent, or nobody knows.
        """
        address = self._job.address
        message = await self._bot.send_message(
            address.chat_id,
            text,
            message_thread_id=address.thread_id,
            reply_parameters=self._reply(),
            reply_markup=keyboard,
            disable_notification=True,  # the picture itself will notify
        )
        return message.message_id

    async def edit(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Change the text of the status message, or its caption if it is a picture by now.

        Raises:
            TelegramError: it cannot be edited.
        """
        chat_id, message_id = self._job.address.chat_id, self._job.status_message_id
        try:
            if self._job.preview is None:
                await self._bot.edit_message_text(text, chat_id, message_id, reply_markup=keyboard)
            else:
                await self._bot.edit_message_caption(chat_id, message_id, caption=text, reply_markup=keyboard)
        except BadRequest as error:
            if "is not modified" in error.message:
                return
            if "no text in the message" in error.message:  # a picture from an earlier attempt
                await self._bot.edit_message_caption(chat_id, message_id, caption=text, reply_markup=keyboard)
            elif "no caption in the message" in error.message:  # its preview was never shown
                await self._bot.edit_message_text(text, chat_id, message_id, reply_markup=keyboard)
            else:
                raise

    async def show(self, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Make the status message a picture; this may be repeated.

        Raises:
            TelegramError: it cannot be edited.
        """
        if self._job.state is State.RUNNING:
            picture = await in_thread(edits.as_preview, picture)
        # Telegram finds a file of an InputMedia by its field `media`, which the library writes only with `attach`.
        file, words = InputFile(picture, NAME, attach=True), dict[str, Any](caption=text, parse_mode=ParseMode.HTML)
        media: InputMedia = InputMediaDocument(file, **words)
        if self._as_photo(picture):
            media = InputMediaPhoto(file, **words, **self._looks)
        await self._bot.edit_message_media(
            media,
            self._job.address.chat_id,
            self._job.status_message_id,
            reply_markup=keyboard,
        )

    async def send(
        self, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None, *, celebrate: bool = False
    ) -> None:
        """Send the finished picture as a reply to the request, with an effect to celebrate.

        Raises:
            TelegramError: it was not sent, or nobody knows.
        """
        address = self._job.address
        more: dict[str, Any] = {
            "caption": text,
            "parse_mode": ParseMode.HTML,
            "message_thread_id": address.thread_id,
            "reply_parameters": self._reply(),
            "reply_markup": keyboard,
        }
        file = InputFile(picture, NAME)
        if self._as_photo(picture):
            effect = CONFETTI if celebrate else None
            try:
                await self._bot.send_photo(address.chat_id, file, message_effect_id=effect, **self._looks, **more)
            except BadRequest as error:  # nothing has arrived: a file has fewer conditions than a photo
                log.info("a photo was refused", job=self._job.id, reason=error.message)
            else:
                return
        await self._bot.send_document(address.chat_id, file, **more)

    async def react(self, emoji: str | None) -> None:
        """In a group that allows it, set a reaction on the request, so that everybody sees what became of it."""
        if self._job.address.chat_id < 0:
            try:
                await self._bot.set_message_reaction(self._job.address.chat_id, self._job.message_id, emoji)
            except BadRequest as error:
                log.info("no reaction", job=self._job.id, reason=error.message)

    async def remove_status(self) -> None:
        """Delete the status message; it is no error if it is gone.

        Raises:
            TelegramError: the call failed in another way.
        """
        if self._job.status_message_id is not None:
            try:
                await self._bot.delete_message(self._job.address.chat_id, self._job.status_message_id)
            except BadRequest:
                return

    def _as_photo(self, picture: bytes) -> bool:
        """Return whether the picture is sent as a photo; a preview is one also where the result is wanted as a file."""
        as_file = self._job.output == "file" and self._job.state is State.RENDERED and not self._is_sheet
        return fits_photo(picture) and not as_file

    @property
    def _looks(self) -> dict[str, Any]:
        """How a photo is shown: what was sent under a spoiler stays under one."""
        return {"show_caption_above_media": self._is_sheet, "has_spoiler": self._job.spoiler}

    @property
    def _is_sheet(self) -> bool:
        """Whether it is a contact sheet: its caption stands above it, so that its buttons are right below it."""
        return self._job.kind == "sheet"

    def _reply(self) -> ReplyParameters:
        return ReplyParameters(self._job.message_id, allow_sending_without_reply=True)


def fits_photo(picture: bytes) -> bool:
    """Return whether Telegram takes this picture as a photo."""
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
    return (
        len(picture) <= MAX_PHOTO_BYTES
        and width + height <= MAX_PHOTO_EDGES
        and max(width, height) <= MAX_PHOTO_RATIO * min(width, height)
    )

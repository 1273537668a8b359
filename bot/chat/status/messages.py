"""The messages about a job, as calls of the Bot API."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import structlog
from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputFile,
    InputMedia,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.chat.errors import BadPictureError
from bot.chat.i18n import Texts, texts_in
from bot.chat.images import edits
from bot.chat.images.check import size_of
from bot.chat.images.decoding import in_child
from bot.chat.intake.photos import attachment
from bot.chat.rate_limiter import patience
from bot.chat.refusals import ANY, TOPIC_GONE, UNCHANGED, UNEDITABLE, UNWRITABLE, foreseen, says
from bot.storage.models import Job, SentPicture, State

log = structlog.get_logger(__name__)

# Bot API, sendPhoto: at most 10 MB, width and height together at most 10000, ratio at most 20.
MAX_PHOTO_BYTES = 10_000_000
MAX_PHOTO_EDGES = 10_000
MAX_PHOTO_RATIO = 20
NAME = "vitrage.jpg"
# Pictures that are refused as photos only: they are sent as files then.
NO_PHOTO = ("PHOTO_INVALID_DIMENSIONS", "IMAGE_PROCESS_FAILED", "PHOTO_SAVE_FILE_INVALID", "too big for a photo")
CONFETTI = "5046509860389126442"  # Telegram's effect 🎉


class JobMessages:
    """Sends and edits the messages of one job.

    Attributes:
        is_picture: Whether the status message is a picture by now; None: nobody knows, since its preview was shown, or
            was to be shown, by an earlier run of the program or over a line that broke.
    """

    def __init__(self, bot: Bot, job: Job, *, is_picture: bool | None = None) -> None:
        self._bot = bot
        self._job = job
        self.is_picture = False if is_picture is None and job.preview is None else is_picture

    @property
    def say(self) -> Texts:
        """The texts in the requester's language, for the job's chat."""
        return texts_in(self._job.address.chat_id, self._job.language, self._bot.username)

    async def send_status(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> int:
        """Send a text as a reply to the request; return its message_id.

        Raises:
            TelegramError: it was not sent, or nobody knows.
        """
        address = self._job.address
        with foreseen(*UNWRITABLE, *TOPIC_GONE):
            message = await self._bot.send_message(
                address.chat_id,
                text,
                message_thread_id=address.thread_id,
                reply_parameters=self._reply,
                reply_markup=keyboard,
                disable_notification=True,  # the picture itself will notify
            )
        return message.message_id

    async def edit(self, text: str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Change the text of the status message, or its caption if it is a picture, which must be known.

        Raises:
            TelegramError: it cannot be edited.
        """
        with foreseen(UNCHANGED, *UNEDITABLE, *UNWRITABLE):
            try:
                await self._edit(text, keyboard)
            except BadRequest as error:
                if not says(error, UNCHANGED):
                    raise

    async def _edit(self, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
        chat_id, message_id = self._job.address.chat_id, self._job.status_message_id
        if self.is_picture:
            # Telegram puts a caption below the picture again unless each edit says that it is above.
            above = self._is_sheet
            await self._bot.edit_message_caption(
                chat_id, message_id, caption=text, reply_markup=keyboard, show_caption_above_media=above
            )
        else:
            await self._bot.edit_message_text(text, chat_id, message_id, reply_markup=keyboard)

    async def show(self, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None = None) -> SentPicture | None:
        """Make the status message a picture; this may be repeated.

        Returns:
            The picture as Telegram has it now, None where Telegram does not tell.

        Raises:
            TelegramError: it cannot be edited.
        """
        if self._job.state is State.RUNNING:
            with suppress(BadPictureError):  # it is shown as it is
                picture = await in_child(edits.as_preview, picture)
        # Telegram finds a file of an InputMedia by its field `media`, which the library writes only with `attach`.
        file, words = InputFile(picture, NAME, attach=True), dict[str, Any](caption=text, parse_mode=ParseMode.HTML)
        media: InputMedia = InputMediaDocument(file, **words)
        if await self._as_photo(picture):
            media = InputMediaPhoto(file, **words, **self._looks)
        chat_id, message_id = self._job.address.chat_id, self._job.status_message_id
        with foreseen(UNCHANGED, *UNEDITABLE, *UNWRITABLE):
            edited = await self._bot.edit_message_media(media, chat_id, message_id, reply_markup=keyboard)
        self.is_picture = True
        return _sent(edited) if isinstance(edited, Message) else None

    async def send(
        self, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None, *, celebrate: bool = False
    ) -> SentPicture:
        """Send the finished picture as a reply to the request, with an effect to celebrate.

        Raises:
            TelegramError: it was not sent, or nobody knows.
        """
        address = self._job.address
        more: dict[str, Any] = {
            "caption": text,
            "parse_mode": ParseMode.HTML,
            "message_thread_id": address.thread_id,
            "reply_parameters": self._reply,
            "reply_markup": keyboard,
        }
        file = InputFile(picture, NAME)
        with foreseen(*UNWRITABLE, *TOPIC_GONE, *NO_PHOTO):
            if await self._as_photo(picture):
                effect = CONFETTI if celebrate else None
                try:
                    return _sent(
                        await self._bot.send_photo(
                            address.chat_id, file, message_effect_id=effect, **self._looks, **more
                        )
                    )
                except BadRequest as error:  # nothing has arrived: a file has fewer conditions than a photo
                    if says(error, *TOPIC_GONE):
                        raise
                    log.info("a photo was refused", job=self._job.id, reason=error.message)
            return _sent(await self._bot.send_document(address.chat_id, file, **more))

    async def react(self, emoji: str | None) -> None:
        """In a group that allows it, set a reaction on the request, so that everybody sees what became of it.

        A request from before the group's move to a supergroup has no id in it.
        It is a decoration: nothing waits for it, and whatever prevents it is a line in the log.
        """
        if self._job.address.chat_id < 0 < self._job.message_id:
            try:
                with patience(0.0), foreseen(ANY):
                    await self._bot.set_message_reaction(self._job.address.chat_id, self._job.message_id, emoji)
            except TelegramError as error:
                log.info("no reaction", job=self._job.id, reason=error.message)

    async def remove_status(self) -> None:
        """Delete the status message; it is no error if it is gone, or may not be deleted.

        Raises:
            TelegramError: Telegram could not be reached, or asks for patience.
        """
        if self._job.status_message_id is not None:
            try:
                with foreseen(ANY):
                    await self._bot.delete_message(self._job.address.chat_id, self._job.status_message_id)
            except (BadRequest, Forbidden) as error:
                log.info("a status message cannot be deleted", job=self._job.id, reason=error.message)

    async def _as_photo(self, picture: bytes) -> bool:
        """Return whether the picture is sent as a photo; a preview is one also where the result is wanted as a file."""
        as_file = self._job.output == "file" and self._job.state is State.RENDERED and not self._is_sheet
        return not as_file and await fits_photo(picture)

    @property
    def _looks(self) -> dict[str, Any]:
        """How a photo is shown: what was sent under a spoiler stays under one."""
        return {"show_caption_above_media": self._is_sheet, "has_spoiler": self._job.spoiler}

    @property
    def _is_sheet(self) -> bool:
        """Whether it is a contact sheet: its caption stands above it, so that its buttons are right below it."""
        return self._job.kind == "sheet"

    @property
    def _reply(self) -> ReplyParameters | None:
        return ReplyParameters(self._job.message_id) if self._job.message_id > 0 else None


def _sent(message: Message) -> SentPicture:
    found = attachment(message)
    return SentPicture(message.message_id, found.file_id if found else "")


async def fits_photo(picture: bytes) -> bool:
    """Return whether Telegram takes this picture as a photo."""
    size = None
    with suppress(BadPictureError):  # it is delivered as a file
        size = await in_child(size_of, picture)
    if size is None:
        return False
    width, height = size
    return (
        len(picture) <= MAX_PHOTO_BYTES
        and width + height <= MAX_PHOTO_EDGES
        and max(width, height) <= MAX_PHOTO_RATIO * min(width, height)
    )

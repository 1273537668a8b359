"""Only a part: the photo is sent to the user, who marks a region on it; `intake.marked_copy` takes it."""

from __future__ import annotations

from typing import Any

from telegram import ForceReply, Message, ReplyParameters

from bot.chat.access import answer
from bot.chat.context import Press
from bot.chat.images import edits
from bot.chat.images.decoding import in_child
from bot.chat.intake.sources import fetch_source
from bot.chat.mentions import mention
from bot.storage.models import Job


async def ask(press: Press, job: Job) -> None:
    """Send the photo of a job to be marked, and remember what that message asks.

    Raises:
        BadPictureError: the photo cannot be fetched any more.
    """
    await answer(press.query)
    question = await _send_photo(press, job)
    await press.stores.deliveries.ask_region(job.id, question.chat_id, question.message_id)


async def _send_photo(press: Press, job: Job) -> Message:
    caption, entities = mention(await press.to_address(), press.say("part-how"))
    more: dict[str, Any] = {
        "caption": caption,
        "caption_entities": entities or None,
        "message_thread_id": job.address.thread_id,
        "reply_parameters": ReplyParameters(job.message_id or press.message_id),
        "reply_markup": ForceReply(selective=True),
        "has_spoiler": job.spoiler,
    }
    # Not by its name at Telegram: that of a file, a sticker or a video's thumbnail is refused as a photo.
    photo = await in_child(edits.as_photo, await fetch_source(press, job.sources[0]))
    return await press.bot.send_photo(job.address.chat_id, photo, **more)

"""Only a part: the photo is sent to the user, who marks a region on it; `intake.marked_copy` takes it."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import ForceReply, Message, ReplyParameters
from telegram.error import BadRequest

from bot.chat.access import answer
from bot.chat.context import Press
from bot.chat.images import edits
from bot.chat.images.decoding import in_thread
from bot.chat.intake.photos import FILE
from bot.chat.intake.sources import fetch_source
from bot.chat.mentions import mention
from bot.chat.refusals import foreseen
from bot.storage.models import Job

log = structlog.get_logger(__name__)


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
    send, source = press.bot.send_photo, job.sources[0]
    if source.startswith(FILE):
        try:
            with foreseen("can't use file of type"):
                return await send(job.address.chat_id, source.removeprefix(FILE), **more)
        except BadRequest as error:  # it was sent as a file or as a sticker
            log.info("a photo is sent anew", job=job.id, reason=error.message)
    photo = await in_thread(edits.as_photo, await fetch_source(press, source))
    return await send(job.address.chat_id, photo, **more)

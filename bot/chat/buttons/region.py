"""Only a part: somebody marks it on the photo that we send them, and the photo is painted there alone."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import CallbackQuery, ForceReply, Message, ReplyParameters, Update, User
from telegram.error import BadRequest

from bot.chat.access import answer, may_act
from bot.chat.context import Context, address_of, asked
from bot.chat.images.edits import as_photo
from bot.chat.intake import drafts, enqueue
from bot.chat.intake.photos import Attachment, BadPictureError, attachment
from bot.chat.intake.sources import FILE, picture, receive, source_of
from bot.storage.models import Job, NewJob

log = structlog.get_logger(__name__)


async def ask(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the photo of a picture, to be marked, and remember what that message asks."""
    await answer(query)
    try:
        question = await _send_photo(context, job)
    except BadPictureError as error:
        await message.reply_text(context.say(error.name, **error.values), do_quote=True)
    else:
        await context.services.jobs.ask_part(job.id, question.chat_id, question.message_id)


async def _send_photo(context: Context, job: Job) -> Message:
    more: dict[str, Any] = {
        "caption": context.say("part-how"),
        "message_thread_id": job.address.thread_id,
        "reply_parameters": ReplyParameters(job.message_id, allow_sending_without_reply=True),
        "reply_markup": ForceReply(selective=True),
        "has_spoiler": job.spoiler,
    }
    send, source = context.bot.send_photo, job.sources[0]
    if source.startswith(FILE):
        try:
            return await send(job.address.chat_id, source.removeprefix(FILE), **more)
        except BadRequest as error:  # it came as a file, or as a sticker
            log.info("a photo is sent anew", job=job.id, reason=error.message)
    data = await picture(context.bot, context.services, source)
    return await send(job.address.chat_id, await as_photo(data), **more)


async def take_photo(update: Update, context: Context) -> None:
    """Take the picture of a message: in reply to our question it marks a part, any other is for the draft."""
    message, user = asked(update)
    replied, services = message.reply_to_message, context.services
    job = await services.jobs.asked_part(message.chat_id, replied.message_id) if replied else None
    found = attachment(message)
    if job is None:
        await drafts.take_photo(update, context)
    elif not await may_act(context.bot, message.chat, user.id, job.address.user_id):
        await message.reply_text(context.say("not-yours"), do_quote=True)
    elif found is None:
        await message.reply_text(context.say("bad-not-image"), do_quote=True)
    elif sentence := await enqueue.refusal(services, address_of(message, user), context.say):
        await message.reply_text(sentence, do_quote=True)
    else:
        await drafts.accepted(services, message, user, _enqueue(context, message, user, found, job))


async def _enqueue(context: Context, message: Message, user: User, found: Attachment, job: Job) -> None:
    """Queue the job's pictures once more, to be painted where the photo that was found is marked."""
    await receive(context.bot, context.services, found)
    new = NewJob(
        dedup_key=f"part:{message.chat_id}:{message.message_id}",
        address=address_of(message, user),
        message_id=message.message_id,
        language=context.say.language,
        recipe=job.recipe,
        content="",
        styles=(),
        sources=job.sources,
        marked=source_of(found),
        spoiler=job.spoiler or found.spoiler,
    )
    await enqueue.repeat(context.bot, context.services, new)

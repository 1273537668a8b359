"""A marked copy of a photo, which answers the question of `buttons.region`: only the marked region is painted."""

from __future__ import annotations

from bot.chat.access import why_not
from bot.chat.context import MessageRequest
from bot.chat.errors import BadPictureError
from bot.chat.images.decoding import in_child
from bot.chat.images.drawn_mask import mask_of
from bot.chat.intake.enqueue import Repaint, repaint
from bot.chat.intake.photos import Attachment, fetch, receive
from bot.chat.intake.quotas import refusal
from bot.chat.intake.sources import fetch_source
from bot.storage.models import Job


async def marked_job(request: MessageRequest, found: Attachment | None) -> Job | None:
    """Return the job whose question a photo answers, None if it answers none.

    Telegram need not say what a photo replies to. Then it is an answer if it is a marked copy of the photo about which
    the requester was asked last.
    """
    message, deliveries = request.message, request.stores.deliveries
    if message.reply_to_message is not None:
        return await deliveries.asked_region(message.chat_id, message.reply_to_message.message_id)
    if found is None or message.media_group_id is not None or message.caption:
        return None
    job = await deliveries.open_region(request.address)
    return job if job and await _is_marked_copy(request, job, found) else None


async def _is_marked_copy(request: MessageRequest, job: Job, found: Attachment) -> bool:
    try:
        await in_child(mask_of, await fetch_source(request, job.sources[0]), await fetch(request.bot, found))
    except BadPictureError:
        return False
    return True


async def take(request: MessageRequest, job: Job, found: Attachment | None) -> None:
    """Queue the job's pictures again, to be painted where the copy is marked.

    Raises:
        BadPictureError: it is no picture, or marks no region.
    """
    if sentence := await why_not(request, job.address.user_id):
        await request.reply(request.say(sentence), quote=True)
    elif found is None:
        await request.reply(request.say("bad-not-image"), quote=True)
    elif sentence := await refusal(request):
        await request.reply(sentence, quote=True)
    else:
        await receive(request, found)
        wanted = Repaint(
            dedup_key=f"part:{request.chat.id}:{request.message_id}",
            address=request.address,
            message_id=request.message_id,
            recipe=job.recipe,
            sources=job.sources,
            marked=found.source,
            spoiler=job.spoiler or found.spoiler,
        )
        await repaint(request, wanted)

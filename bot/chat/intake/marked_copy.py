"""A marked copy of a photo, in reply to the question of `buttons.region`: only the marked region is painted."""

from __future__ import annotations

from bot.chat.access import may_act
from bot.chat.context import MessageRequest
from bot.chat.intake.enqueue import Repaint, repaint
from bot.chat.intake.photos import Attachment, receive
from bot.chat.intake.quotas import refusal
from bot.storage.models import Job


async def take(request: MessageRequest, job: Job, found: Attachment | None) -> None:
    """Queue the job's pictures again, to be painted where the copy is marked.

    Raises:
        BadPictureError: it is no picture, or marks no region.
    """
    if not await may_act(request, job.address.user_id):
        await request.reply(request.say("not-yours"), quote=True)
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

"""From pictures and a recipe to a job in the queue."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from telegram import Bot

from bot.chat.context import Services
from bot.chat.i18n import Texts
from bot.chat.images.drawn_mask import mask_of
from bot.chat.intake.sources import picture
from bot.chat.recipe_codes import PRESET, reference_of
from bot.storage.models import Address, Job, NewJob


async def refusal(services: Services, address: Address, say: Texts) -> str | None:
    """Return why this user cannot have another picture now, and when they can; None if they can."""
    load, limits = await services.jobs.load(address), services.limits
    if load.own >= limits.queued:
        return say("too-many", limit=limits.queued)
    if address.chat_id < 0 and load.chat >= limits.group:
        return say("too-many-group", limit=limits.group)
    if load.today >= limits.day:
        return say("too-many-today", limit=limits.day, time=say.duration(load.frees_in))
    if load.everyone >= limits.depth:
        return say("too-busy", count=load.everyone)
    return None


async def place(services: Services, new: NewJob) -> Job:
    """Queue a job whose pictures are in the store. Its style can be named by a recipe code from now on."""
    reference = "" if new.kind == "sheet" else await _named(services, new.address, new.sources[1:])
    preference = await services.chats.preference(new.address.user_id)
    return await services.jobs.enqueue(dataclasses.replace(new, style=reference, output=preference.output))


async def repeat(bot: Bot, services: Services, new: NewJob, start: bytes | None = None) -> Job:
    """Fetch the pictures that a job's sources name, and queue it; it goes on from the picture `start`, if there is one.

    Raises:
        BadPictureError: one of them cannot be had any more, or the marked photo means no part of the content.
    """
    pictures = [await picture(bot, services, source) for source in new.sources]
    mask = await mask_of(pictures[0], await picture(bot, services, new.marked)) if new.marked else None
    content, *styles = [await services.blobs.put(data) for data in pictures]
    begin, where = [await services.blobs.put(data) if data else None for data in (start, mask)]
    blobs = dataclasses.replace(new, content=content, styles=tuple(styles), start=begin, mask=where)
    return await place(services, blobs)


async def swap(services: Services, job: Job) -> bool:
    """Swap content and style of a queued job with one style; False if it is too late."""
    return await services.jobs.swap(job.id, await _named(services, job.address, job.sources[:1]))


async def _named(services: Services, address: Address, styles: Sequence[str]) -> str:
    """Return what recipe codes call these styles, and remember what that means."""
    if not styles or not all(styles):  # an old draft's photo has no source
        return ""
    reference = reference_of(styles)
    if f"{PRESET}{reference}" not in styles:
        await services.chats.keep_style(reference, address.user_id, tuple(styles))
    return reference

"""Why a user cannot have another picture now."""

from __future__ import annotations

from bot.chat.context import Request
from bot.storage.models import Address


async def refusal(request: Request, address: Address | None = None) -> str | None:
    """Return the sentence that says why not, and when again; None if another picture may be queued.

    Args:
        request: Whose quotas count, and whose language is spoken.
        address: Where the picture is answered; by default where the request was made.
    """
    address, quotas, say = address or request.address, request.services.quotas, request.say
    load = await request.stores.jobs.load(address)
    if load.own >= quotas.queued:
        return say("too-many", limit=quotas.queued)
    if address.chat_id < 0 and load.chat >= quotas.group:
        return say("too-many-group", limit=quotas.group)
    if load.today >= quotas.day:
        return say("too-many-today", limit=quotas.day, time=say.duration(load.frees_in))
    if load.everyone >= quotas.depth:
        return say("too-busy", count=load.everyone)
    return None

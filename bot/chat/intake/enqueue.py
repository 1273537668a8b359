"""Pictures that are fetched again and queued, to be painted by another recipe or in another region."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.context import Request
from bot.chat.images.decoding import in_child
from bot.chat.images.drawn_mask import mask_of
from bot.chat.intake.sources import fetch_source
from bot.chat.recipe_codes import reference_of
from bot.storage.models import NO_SOURCE, Address, Job, NewJob, Recipe, Source


@dataclass(frozen=True, kw_only=True)
class Repaint:
    """Pictures to be fetched again and painted.

    Attributes:
        dedup_key: Names the update that asks for it, as in `NewJob`.
        message_id: The message that the result replies to.
        sources: The content's, then the styles'.
        start: A picture to continue from.
        marked: The marked copy of the content; only the marked region is painted.
    """

    dedup_key: str
    address: Address
    message_id: int
    recipe: Recipe
    sources: tuple[Source, ...]
    start: bytes | None = None
    marked: Source = NO_SOURCE
    spoiler: bool = False


async def repaint(request: Request, wanted: Repaint) -> Job:
    """Fetch the pictures and queue the job.

    Raises:
        BadPictureError: a picture cannot be fetched any more, or the marked copy marks no region.
    """
    put = request.stores.blobs.put
    content, *styles = [await fetch_source(request, source) for source in wanted.sources]
    mask = None
    if wanted.marked:
        mask = await put(await in_child(mask_of, content, await fetch_source(request, wanted.marked)))
    return await request.stores.jobs.enqueue(
        NewJob(
            dedup_key=wanted.dedup_key,
            address=wanted.address,
            message_id=wanted.message_id,
            language=request.say.language,
            recipe=wanted.recipe,
            content=await put(content),
            styles=tuple([await put(style) for style in styles]),
            sources=wanted.sources,
            style=reference_of(wanted.sources[1:]),
            output=request.output,
            start=await put(wanted.start) if wanted.start else None,
            mask=mask,
            marked=wanted.marked,
            spoiler=wanted.spoiler,
        )
    )

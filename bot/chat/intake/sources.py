"""Where pictures can be fetched again: no photo of a user stays on our disk.

A source is `preset:NAME`, or `file:` and Telegram's file_id. The job's row keeps it after the picture was deleted.
"""

from __future__ import annotations

from bot.chat.context import Request
from bot.chat.errors import BadPictureError
from bot.chat.intake.photos import FILE, Attachment, fetch
from bot.chat.recipe_codes import PRESET, decode
from bot.storage.models import Recipe, Source, StyleRef

MOST_STYLES = 4  # of a mix


async def fetch_source(request: Request, source: Source) -> bytes:
    """Fetch a picture.

    Raises:
        BadPictureError: it cannot be fetched any more.
    """
    if source.startswith(PRESET):
        try:
            return await request.services.presets.picture(source.removeprefix(PRESET))
        except KeyError as error:
            raise BadPictureError("source-gone") from error
    return await fetch(request.bot, Attachment(source.removeprefix(FILE), 0))


async def find_styles(request: Request, reference: str) -> tuple[Recipe | None, tuple[Source, ...]] | None:
    """Return the styles that a user names, and the recipe if it is one recipe code; None if a name is unknown.

    A name is a preset or a style that the user has saved, in any case, or a recipe code; several are joined with a plus
    sign.
    """
    names = reference.split("+")
    if len(names) > MOST_STYLES:
        return None
    sources: list[Source] = []
    for name in names:
        found = await _sources_of(request, name.strip())
        if not found:
            return None
        sources += found
    code = decode(reference)
    return (code.recipe if code else None), tuple(sources[:MOST_STYLES])


async def _sources_of(request: Request, name: str) -> tuple[Source, ...]:
    code, presets, styles = decode(name), request.services.presets, request.stores.styles
    wanted = code.style if code else StyleRef(name.lower())
    if wanted in presets.names:
        return (Source(f"{PRESET}{wanted}"),)
    key = wanted if code else await styles.named(request.requester, wanted)
    if key in presets.names:
        return (Source(f"{PRESET}{key}"),)
    return (await styles.sources(key) or ()) if key else ()

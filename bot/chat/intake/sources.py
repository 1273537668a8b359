"""Where pictures come from, and how to fetch them again: our disk keeps none of a user's photos.

A source is a word: `preset:mosaic`, or `file:` and Telegram's id of a file. It is kept in the job's row, where the
picture was deleted.
"""

from __future__ import annotations

from telegram import Bot

from bot.chat.context import Services
from bot.chat.intake.photos import Attachment, BadPictureError, fetch
from bot.chat.recipe_codes import PRESET, decode
from bot.storage.models import Recipe

FILE = "file:"
MOST_STYLES = 4  # of a mix


def source_of(found: Attachment) -> str:
    """Return the source of an attachment."""
    return f"{FILE}{found.file_id}"


async def picture(bot: Bot, services: Services, source: str) -> bytes:
    """Fetch a picture.

    Raises:
        BadPictureError: it cannot be had any more.
    """
    if source.startswith(PRESET):
        try:
            return await services.presets.picture(source.removeprefix(PRESET))
        except KeyError as error:
            raise BadPictureError("source-gone") from error
    return await fetch(bot, Attachment(source.removeprefix(FILE), 0))


async def receive(bot: Bot, services: Services, found: Attachment) -> bytes:
    """Fetch what a user has sent; the owner's own check of pictures has seen it before anything else does.

    Raises:
        BadPictureError: it cannot be had, or is not to be used.
    """
    data = await fetch(bot, found)
    if services.filter is not None:
        await services.filter.check(data)
    return data


async def styles_of(services: Services, user_id: int, reference: str) -> tuple[Recipe | None, tuple[str, ...]] | None:
    """Return what a user's word for a style stands for, None if it is unknown.

    It may be a preset, a name of their own or a recipe code, or several of these with a plus between. A code alone
    brings its recipe along.
    """
    parts = reference.split("+")
    if len(parts) > MOST_STYLES:
        return None
    sources: list[str] = []
    for part in parts:
        found = await _sources(services, user_id, part.strip())
        if not found:
            return None
        sources += found
    code = decode(reference)
    return (code.recipe if code else None), tuple(sources[:MOST_STYLES])


async def _sources(services: Services, user_id: int, word: str) -> tuple[str, ...]:
    code = decode(word)
    name = code.style if code else word
    if name in services.presets.names:
        return (f"{PRESET}{name}",)
    key = name if code else await services.chats.named_style(user_id, word.lower())
    if key in services.presets.names:
        return (f"{PRESET}{key}",)
    return (await services.chats.style(key) or ()) if key else ()

"""Where pictures come from, and how to fetch them again: our disk keeps none of a user's photos.

A source is a word: `preset:mosaic`, or `file:` and Telegram's id of a file. It is kept in the job's row, where the
picture was deleted.
"""

from __future__ import annotations

from telegram import Bot

from bot.chat.context import Services
from bot.chat.photos import Attachment, BadPictureError, fetch
from bot.chat.recipes import PRESET, decode
from bot.jobs.job import Recipe

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


async def styles_of(services: Services, reference: str) -> tuple[Recipe | None, tuple[str, ...]] | None:
    """Return what a user's word for a style stands for, None if it is unknown.

    It may be a preset, several of them with a plus between, or a recipe code: a code brings a recipe along.
    """
    code = decode(reference)
    recipe, name = (code.recipe, code.style) if code else (None, reference)
    names = name.split("+")
    if all(each in services.presets.names for each in names) and len(names) <= MOST_STYLES:
        return recipe, tuple(f"{PRESET}{each}" for each in names)
    sources = await services.chats.style(name) if code else None
    return (recipe, sources) if sources else None

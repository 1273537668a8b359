"""Why a picture cannot be used, and the one place where its sender is told."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from bot.storage.errors import StoreUnavailableError

if TYPE_CHECKING:
    from bot.chat.context import Request


class BadPictureError(Exception):
    """A picture that cannot be used.

    Attributes:
        name: The name of the message that tells its sender why.
        values: The values of that message.
    """

    def __init__(self, name: str, **values: str | int) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


async def answered(request: Request, work: Awaitable[None]) -> None:
    """Do the work; tell the requester when a picture cannot be used, or nothing can be stored."""
    try:
        await work
    except BadPictureError as error:
        await request.reply(request.say(error.name, **error.values), quote=True)
    except StoreUnavailableError:
        await request.reply(request.say("busy-disk"), quote=True)

"""The operator's own check of photos, where there is one: a web service that accepts or refuses each of them."""

from __future__ import annotations

import ssl

import httpx
import structlog

from bot.chat.errors import BadPictureError

log = structlog.get_logger(__name__)

SECONDS = 10.0
HEADERS = {"content-type": "application/octet-stream"}


class Moderation:
    """Posts each photo's bytes to `url`: any 2xx answer accepts it, 403 refuses it.

    While the service cannot be reached, every photo is refused: an operator who asks for a check wants no photo
    unchecked.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._certificates = ssl.create_default_context()  # made once: it reads them all

    async def check(self, data: bytes) -> None:
        """Ask about a photo.

        Raises:
            BadPictureError: it is refused, or the service cannot be reached.
        """
        try:
            async with httpx.AsyncClient(timeout=SECONDS, verify=self._certificates) as client:
                answer = await client.post(self._url, content=data, headers=HEADERS)
        except httpx.HTTPError as error:
            log.error("the picture filter cannot be asked", reason=type(error).__name__)
            raise BadPictureError("filter-down") from error
        if answer.status_code == httpx.codes.FORBIDDEN:
            raise BadPictureError("filter-refused")
        if not answer.is_success:
            log.error("the picture filter does not work", status=answer.status_code)
            raise BadPictureError("filter-down")

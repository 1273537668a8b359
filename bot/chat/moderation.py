"""The owner's own check of pictures, where there is one: a web service that says yes or no to each photo."""

from __future__ import annotations

import ssl

import httpx
import structlog

from bot.chat.intake.photos import BadPictureError

log = structlog.get_logger(__name__)

SECONDS = 10.0
HEADERS = {"content-type": "application/octet-stream"}


class PictureFilter:
    """Posts a picture's bytes to `url`: any 2xx answer lets it pass, 403 refuses it.

    A service that cannot be asked lets nothing pass: who switches a filter on wants no picture unseen.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._certificates = ssl.create_default_context()  # made once: it reads them all

    async def check(self, data: bytes) -> None:
        """Ask about a picture.

        Raises:
            BadPictureError: it is refused, or nobody could be asked.
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

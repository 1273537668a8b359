"""Files that come in a form, within limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

from bot.sandbox.errors import ApiError, bad_request

BODY_LIMIT = 112 * 2**20  # bytes: ten photos of 10 MB, and the fields around them
FIELDS = 1_000
FILES = 50


@dataclass(frozen=True)
class Upload:
    """One file of a form; `name` and `mime` are what the client says."""

    name: str
    mime: str
    data: bytes


async def read_upload(part: UploadFile) -> Upload:
    """Return one file of a form."""
    return Upload(part.filename or "", part.content_type or "", await part.read())


@asynccontextmanager
async def read_form(request: Request) -> AsyncIterator[FormData]:
    """Parse a urlencoded or multipart body; its files are closed at the end of the block.

    Raises:
        ApiError: the body is malformed, or has too many bytes, fields or files.
    """
    limit_body(request, BODY_LIMIT)
    try:
        parts = await request.form(max_files=FILES, max_fields=FIELDS, max_part_size=2**20)
    except (HTTPException, MultiPartException, ClientDisconnect, ValueError, KeyError, AssertionError) as error:
        # python-multipart and Starlette report a malformed body in all these ways.
        raise bad_request("can't parse the form in the request body") from error
    try:
        yield parts
    finally:
        await parts.close()


def limit_body(request: Request, limit: int) -> None:
    """Raise ApiError while the body is read, as soon as it has more bytes than this; headers are not trusted."""
    receive: Receive = request.receive
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise ApiError(413, "Request Entity Too Large")
        return message

    # Starlette's RequestBodyLimitMiddleware sets one limit for a route; here JSON and forms have different limits.
    request._receive = limited

"""From an HTTP request to parameters: query, urlencoded, JSON and multipart, within limits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

from bot.sandbox.botapi.parameters import Params, Upload
from bot.sandbox.errors import ApiError, bad_request

BODY_LIMIT = 112 * 2**20  # an album of ten photos with what surrounds them
JSON_LIMIT = 8 * 2**20
FIELDS = 1_000
FILES = 50


async def read_params(request: Request) -> Params:
    """Everything a call carries; the body wins over the query."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    files: dict[str, Upload] = {}
    if request.method == "POST" and kind == "application/json":
        values |= await read_json(request)
    elif request.method == "POST" and kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with form(request) as parts:
            for name, part in parts.multi_items():
                if isinstance(part, UploadFile):
                    files[name] = await upload(part)
                else:
                    values[name] = part
    _check_text(values)
    return Params(values, files)


async def read_json(request: Request) -> dict[str, Any]:
    """A JSON object as body; nothing at all is an empty one."""
    body = bytearray()
    receive_limited(request, JSON_LIMIT)
    try:
        async for chunk in request.stream():
            body += chunk
        value = json.loads(body, parse_constant=_no_constant) if body.strip() else {}
    except ClientDisconnect:
        raise bad_request("the request was broken off") from None
    except (ValueError, RecursionError):
        raise bad_request("can't parse the JSON object in the request body") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as the request body")
    return value


@asynccontextmanager
async def form(request: Request) -> AsyncIterator[FormData]:
    """A form of either kind, with its size and its number of parts bounded."""
    receive_limited(request, BODY_LIMIT)
    try:
        parts = await request.form(max_files=FILES, max_fields=FIELDS, max_part_size=2**20)
    except (HTTPException, MultiPartException, ClientDisconnect, ValueError, KeyError, AssertionError) as error:
        # python-multipart and Starlette report a broken body in all these ways
        raise bad_request("can't parse the form in the request body") from error
    try:
        yield parts
    finally:
        await parts.close()


async def upload(part: UploadFile) -> Upload:
    """One file of a form."""
    return Upload(part.filename or "", part.content_type or "", await part.read())


def receive_limited(request: Request, limit: int) -> None:
    """Stop reading a body that grows beyond the limit, whatever its headers said."""
    receive: Receive = request.receive
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise ApiError(413, "Request Entity Too Large")
        return message

    request._receive = limited  # Starlette offers no other way to wrap the stream of a Request


def _check_text(values: dict[str, Any]) -> None:
    """Lone surrogates cannot be sent back; Telegram refuses them with these words."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise bad_request("strings must be encoded in UTF-8") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)

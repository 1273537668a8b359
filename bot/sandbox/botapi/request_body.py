"""From an HTTP request to parameters: query, urlencoded, JSON and multipart, within limits."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request

from bot.sandbox import Json
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.errors import bad_request
from bot.sandbox.media.uploads import Upload, limit_body, read_form, read_upload

JSON_LIMIT = 8 * 2**20  # bytes


async def read_params(request: Request) -> Params:
    """Return all parameters of a call; those in the body take precedence over those in the query.

    Raises:
        ApiError: the body is malformed or too large.
    """
    values: Json = dict(request.query_params)
    mime = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    files: dict[str, Upload] = {}
    if request.method == "POST" and mime == "application/json":
        values |= await _read_json(request)
    elif request.method == "POST" and mime in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with read_form(request) as parts:
            for name, part in parts.multi_items():
                if isinstance(part, UploadFile):
                    files[name] = await read_upload(part)
                else:
                    values[name] = part
    _refuse_lone_surrogates(values)
    return Params(values, files)


async def _read_json(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body; an empty body is an empty object."""
    limit_body(request, JSON_LIMIT)
    try:
        body = await request.body()
        value = json.loads(body, parse_constant=_refuse_constant) if body.strip() else {}
    except ClientDisconnect:
        raise bad_request("the request was broken off") from None
    except (ValueError, RecursionError):
        raise bad_request("can't parse the JSON object in the request body") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as the request body")
    return value


def _refuse_lone_surrogates(values: Json) -> None:
    """JSON can contain half of a surrogate pair, which cannot be sent back as UTF-8."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise bad_request("strings must be encoded in UTF-8") from None


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are not in the JSON standard, although Python accepts them."""
    raise ValueError(name)

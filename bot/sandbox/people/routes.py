"""The people's API as an application: its routers, its refusals, and the description of all in OpenAPI."""

from __future__ import annotations

import functools
import json

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.errors import ApiError
from bot.sandbox.people import accounts, chats, documentation, events, faults, files, groups, messages, sending
from bot.sandbox.state.world import World

ROUTERS = [
    module.router for module in (accounts, chats, groups, messages, sending, files, events, faults, documentation)
]
BODY_LIMIT = 8 * 2**20  # bytes; the form with files has a limit of its own


class Refusal(BaseModel):
    """Why a request was refused, in one sentence."""

    error: str


def people_api(world: World) -> ASGIApp:
    """Return the API over a world; its paths are relative to the address where it is mounted."""
    api = _api()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await api({**scope, "state": {"world": world}}, receive, send)

    return serve


@functools.cache
def _api() -> FastAPI:
    """Return the application, which is built once in a process: FastAPI reads the types of all endpoints anew."""
    api = FastAPI(
        title="Vitrage sandbox: the people's API",
        description="Act as people in chats: what a messenger does, for tests and for the web chat.",
        version="1",
        docs_url=None,  # FastAPI's page loads its scripts from a CDN
        redoc_url=None,
        responses={"4XX": {"model": Refusal, "description": "Refused"}},
        generate_unique_id_function=_operation_id,
        strict_content_type=False,  # a JSON body without a content type is accepted
        max_body_size=BODY_LIMIT,
    )
    for router in ROUTERS:
        api.include_router(router)
    api.add_exception_handler(ApiError, _refuse)
    api.add_exception_handler(HTTPException, _refuse)
    api.add_exception_handler(RequestValidationError, _refuse)
    return api


def _operation_id(route: APIRoute) -> str:
    return route.name


async def _refuse(_: Request, error: Exception) -> Response:
    """Answer an error as one sentence."""
    match error:
        case ApiError():
            status, reason = error.code, error.description
        case HTTPException():
            status, reason = error.status_code, error.detail
        case _:
            status, reason = _malformed(error)
    # JSON in ASCII: a field name in the reason may contain half of a surrogate pair.
    return Response(json.dumps({"error": reason}), status, media_type="application/json")


def _malformed(error: Exception) -> tuple[int, str]:
    """Return the status and the first complaint about a body, a query or a path."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return 400, "Bad Request: can't parse the JSON object in the request body"
    source, *path = first["loc"]  # "body", "query" or "path", and the field in it
    field = ".".join(map(str, path)) or source
    return 422, f"{field}: {first['msg']}"

"""The OpenAPI document of the people's API, made from the table of endpoints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.botapi.transport import reply
from bot.sandbox.people.endpoints import Endpoint
from bot.sandbox.state.accounts import Json

REFERENCE = "#/components/schemas/{model}"
PATH_PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")
ERRORS = {"400": "Refused", "403": "Not allowed", "404": "Not there", "422": "Malformed"}


def document(endpoints: Sequence[Endpoint]) -> Json:
    """The whole document."""
    bodies = [endpoint.body for endpoint in endpoints if endpoint.body is not None]
    _, schemas = models_json_schema([(body, "validation") for body in bodies], ref_template=REFERENCE)
    paths: Json = {}
    for endpoint in endpoints:
        paths.setdefault(PATH_PARAMETER.sub(r"{\1}", endpoint.path), {})[endpoint.verb.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vitrage sandbox: the people's side",
            "version": "1",
            "description": "Act as people in chats: what a messenger does, for tests and for the web chat.",
        },
        "paths": paths,
        "components": {"schemas": schemas.get("$defs", {})},
    }


def _operation(endpoint: Endpoint) -> Json:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if kind == "int" else "string"}}
        for name, kind in PATH_PARAMETER.findall(endpoint.path)
    ]
    operation: Json = {
        "operationId": endpoint.handle.__name__,
        "summary": endpoint.summary,
        "responses": {"200": {"description": "Done"}} | {code: {"description": text} for code, text in ERRORS.items()},
    }
    if endpoint.body is not None and endpoint.verb == "GET":
        parameters += _query(endpoint.body.model_json_schema())
    elif endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(endpoint)}
    return operation | ({"parameters": parameters} if parameters else {})


def _query(schema: dict[str, Any]) -> list[Json]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema["properties"].items()
    ]


def _content(endpoint: Endpoint) -> Json:
    assert endpoint.body is not None
    reference = {"$ref": REFERENCE.format(model=endpoint.body.__name__)}
    content: Json = {"application/json": {"schema": reference}}
    if endpoint.takes_files:
        files = {"type": "array", "items": {"type": "string", "format": "binary"}}
        schema = {"allOf": [reference, {"type": "object", "properties": {"files": files}}]}
        content["multipart/form-data"] = {"schema": schema}
    return content


def document_route(endpoints: Sequence[Endpoint]) -> Route:
    """Where the document is."""
    body = document(endpoints)

    async def answer(_: Request) -> Response:
        return reply(200, body)

    return Route("/api/openapi.json", answer, methods=["GET"])

"""A page that describes the people's API. It is plain HTML, so that it needs no script from a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.sandbox import Json

router = APIRouter()


@router.get("/docs", include_in_schema=False)
async def documentation(request: Request) -> HTMLResponse:
    """Return the OpenAPI document as a page."""
    document = request.app.openapi()
    title = escape(document["info"]["title"])
    introduction = escape(document["info"]["description"])
    return HTMLResponse(
        f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1><p>{introduction}'
        f'<p>For programs: <a href="openapi.json">openapi.json</a>'
        f"{''.join(_operations(document))}<h2>Bodies</h2>{''.join(_schemas(document))}</html>"
    )


def _operations(document: Json) -> Iterator[str]:
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            yield f"<h2><code>{verb.upper()} /api{escape(path)}</code></h2><p>{escape(operation['summary'])}"
            parameters = [
                f"<code>{escape(parameter['name'])}</code> ({parameter['in']})"
                for parameter in operation.get("parameters", [])
            ]
            if parameters:
                yield f"<p>Parameters: {', '.join(parameters)}"
            for mime, content in operation.get("requestBody", {}).get("content", {}).items():
                name = content["schema"].get("$ref", "").rpartition("/")[2] or content["schema"].get("title", "")
                yield f'<p>Body, {mime}: <a href="#{escape(name)}">{escape(name)}</a>'


def _schemas(document: Json) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        yield f'<h3 id="{escape(name)}">{escape(name)}</h3><pre>{escape(json.dumps(schema, indent=2))}</pre>'

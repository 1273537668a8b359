"""The web chat's own files and the sample pictures that it offers."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

WEB = Path(__file__).with_name("web")
SAMPLE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def page_routes(*, banner: str | None, samples: Path | None) -> list[BaseRoute]:
    """The pages, what they are made of, and what the operator added."""
    names = _sample_names(samples)

    async def chat_page(_: Request) -> Response:
        return FileResponse(WEB / "chat.html")

    async def wire_page(_: Request) -> Response:
        return FileResponse(WEB / "wire.html")

    async def page_settings(_: Request) -> Response:
        body = {"banner": banner or "", "samples": names}
        return Response(json.dumps(body), media_type="application/json")

    async def sample(request: Request) -> Response:
        name = request.path_params["name"]
        if samples is None or name not in names:
            return Response(status_code=404)
        return FileResponse(samples / name, media_type=mimetypes.guess_type(name)[0])

    return [
        Route("/", chat_page),
        Route("/wire", wire_page),
        Route("/page/settings", page_settings),
        Route("/page/samples/{name}", sample),
        Mount("/web", StaticFiles(directory=WEB)),
    ]


def _sample_names(samples: Path | None) -> list[str]:
    """Only names that were there at the start are ever served."""
    if samples is None:
        return []
    return sorted(path.name for path in samples.iterdir() if path.suffix.lower() in SAMPLE_ENDINGS and path.is_file())

"""The files of the web pages, and the sample pictures that the chat page offers."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

WEB = Path(__file__).with_name("web")
MAX_BANNER = 1000  # characters
SAMPLE_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


def page_routes(*, banner: str | None, samples: Path | None) -> list[BaseRoute]:
    """Return the routes of both pages; `banner` is shown on the chat page until another one is put there."""
    shown = banner or ""
    # The names are read once: a file that appears later is not served.
    names = [] if samples is None else sorted(path.name for path in samples.iterdir() if _is_picture(path))

    async def chat_page(_: Request) -> Response:
        return FileResponse(WEB / "chat.html")

    async def call_log_page(_: Request) -> Response:
        return FileResponse(WEB / "calls.html")

    async def page_settings(_: Request) -> Response:
        return JSONResponse({"banner": shown, "samples": names})

    async def change_banner(request: Request) -> Response:
        nonlocal shown
        shown = (await request.body()).decode(errors="replace")[:MAX_BANNER]
        return Response(status_code=204)

    async def sample(request: Request) -> Response:
        name = request.path_params["name"]
        if samples is None or name not in names:
            return Response(status_code=404)
        return FileResponse(samples / name, media_type=mimetypes.guess_type(name)[0])

    return [
        Route("/", chat_page),
        Route("/wire", call_log_page),
        Route("/page/settings", page_settings),
        Route("/page/banner", change_banner, methods=["PUT"]),
        Route("/page/samples/{name}", sample),
        Mount("/web", StaticFiles(directory=WEB)),
    ]


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SAMPLE_ENDINGS and path.is_file()

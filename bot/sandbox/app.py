"""All addresses of the sandbox in one ASGI application."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from bot.sandbox.botapi.transport import Wire, no_method
from bot.sandbox.connections import Connections
from bot.sandbox.pages import page_routes
from bot.sandbox.people.endpoints import route
from bot.sandbox.people.openapi import document_route
from bot.sandbox.people.routes import ENDPOINTS
from bot.sandbox.people.stream import stream_route
from bot.sandbox.protection import Protection
from bot.sandbox.state.world import World


def create_app(
    world: World, *, host: str = "127.0.0.1", banner: str | None = None, samples: Path | None = None
) -> Starlette:
    """The Bot API, the people's API and the pages over one world."""
    wire = Wire(world)
    world.perform = wire.obey
    routes = [
        Route("/bot{token}/{method}", wire.call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", wire.download, methods=["GET"]),
        Route("/bot{rest:path}", no_method, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        *(route(endpoint, world) for endpoint in ENDPOINTS),
        document_route(ENDPOINTS),
        stream_route(world),
        *page_routes(banner=banner, samples=samples),
    ]
    middleware = [Middleware(Connections), Middleware(Protection, host=host)]
    return Starlette(routes=routes, middleware=middleware)

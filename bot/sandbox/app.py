"""All addresses of the sandbox in one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.types import ASGIApp

from bot.sandbox.botapi.transport import Transport
from bot.sandbox.connections import AbortMiddleware, SameOriginMiddleware
from bot.sandbox.pages import page_routes
from bot.sandbox.people.routes import people_api
from bot.sandbox.state.world import World


def create_app(
    world: World, *, host: str = "127.0.0.1", banner: str | None = None, samples: Path | None = None
) -> ASGIApp:
    """Return the Bot API, the people's API and the web pages over one world."""
    transport = Transport(world)

    @asynccontextmanager
    async def deliver_webhooks(_: Starlette) -> AsyncIterator[None]:
        async with transport.webhooks:
            yield

    routes = [*transport.routes(), Mount("/api", people_api(world)), *page_routes(banner=banner, samples=samples)]
    middleware = [Middleware(SameOriginMiddleware, host=host)]
    # Starlette puts a middleware of its own around those in its list.
    return AbortMiddleware(Starlette(routes=routes, middleware=middleware, lifespan=deliver_webhooks))

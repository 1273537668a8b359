"""Cutting a connection without an answer, for the faults that do so."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

CUT = "vitrage.cut"


class Connections:
    """The outermost layer: it alone sees the server's own `send`, and through it the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a handler ask that the connection be cut when it is done."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[CUT] = False

        async def guarded(message: dict[str, object]) -> None:
            if not scope[CUT]:
                await send(message)

        await self.app(scope, receive, guarded)  # type: ignore[arg-type]
        if scope[CUT]:
            # uvicorn's send is a method of the request that holds the transport; ASGI has no word for this
            send.__self__.transport.abort()  # type: ignore[attr-defined]
            await receive()


def cut(request: Request) -> None:
    """Ask that this request get no answer and its connection end."""
    request.scope[CUT] = True

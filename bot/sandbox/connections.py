"""The two middlewares around the application: one refuses foreign web pages, one can abort a connection."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.errors import forbidden

ABORTED = "vitrage.aborted"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": CONTENT_SECURITY_POLICY,
}


class AbortMiddleware:
    """Aborts the connection of a request for which `abort` was called.

    It has to be the outermost middleware: only there `send` is the server's own, which knows the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and drop its answer when it was aborted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[ABORTED] = False

        async def send_unless_aborted(message: Message) -> None:
            if not scope[ABORTED]:
                await send(message)

        await self.app(scope, receive, send_unless_aborted)
        if scope[ABORTED]:
            # ASGI cannot abort a connection. In uvicorn, `send` is a method of the object that holds the transport.
            send.__self__.transport.abort()  # type: ignore[attr-defined]
            while (await receive())["type"] != "http.disconnect":
                pass


def abort(request: Request) -> None:
    """Send no answer to this request, and close its connection when the handler returns."""
    request.scope[ABORTED] = True


class SameOriginMiddleware:
    """Refuses requests that a web page of another origin makes through a browser, and sets security headers."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.on_loopback = host in LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then add the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self._is_foreign(Headers(scope=scope)):
            refusal = forbidden("foreign origin")
            await JSONResponse(refusal.to_json(), refusal.code)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _is_foreign(self, headers: Headers) -> bool:
        """Whether another origin sent the request. On loopback, any other host name means DNS rebinding."""
        host = headers.get("host", "")
        if self.on_loopback and urlsplit(f"//{host}").hostname not in LOOPBACK:
            return True
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return True
        return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"

"""What keeps other web pages out: a page of another origin may not drive the sandbox through a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": POLICY,
}


class Protection:
    """Refuses foreign origins and foreign host names, and sends the headers that bind the browser."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.loopback = host in LOOPBACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then mark the response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._foreign(headers):
            refusal = JSONResponse({"ok": False, "error_code": 403, "description": "Forbidden: foreign origin"}, 403)
            await refusal(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, marked)

    def _foreign(self, headers: Headers) -> bool:
        """A host name that is not loopback's means DNS rebinding; an origin that is not ours, a foreign page."""
        host = headers.get("host", "")
        if self.loopback and urlsplit(f"//{host}").hostname not in LOOPBACK:
            return True
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return True
        return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"

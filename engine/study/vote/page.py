"""The local page on which people vote: its addresses, and who may call them.

A question and its pictures have an address made of a random word, which tells neither the method nor a file's name, and
leads to nothing but the four pictures of that question.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.errors import EngineError
from engine.study.vote.ballot import Ballot, Question
from engine.study.vote.store import Choice

WEB = Path(__file__).with_name("web")
LOOPBACK = ("127.0.0.1", "localhost")
COOKIE = "vitrage-voter"
VOTER = re.compile(r"[0-9a-f]{16}")
YEAR = 365 * 24 * 3600  # seconds that a browser remembers its voter
MAX_BODY = 1000  # bytes
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
}

Language = Literal["en", "ru"]


class Answer(msgspec.Struct, forbid_unknown_fields=True):
    """What the page sends: the choice between the two outputs of a question."""

    question: str
    choice: Choice


class Voting:
    """The addresses of the page, and the questions that it has shown since the start.

    Args:
        ballot: Of the study.
        language: Of the page; None: as the browser asks.
    """

    def __init__(self, ballot: Ballot, language: Language | None) -> None:
        self._ballot = ballot
        self._language = language
        self._asked: dict[str, tuple[str, Question]] = {}  # voter and question by the word of its address

    def app(self) -> ASGIApp:
        """Return the application."""
        routes = [
            Route("/", self._page),
            Route("/question", self._question),
            Route("/vote", self._vote, methods=["POST"]),
            Route("/undo", self._undo, methods=["POST"]),
            Route("/voter", self._other_voter, methods=["POST"]),
            Route("/pictures/{word}/{which}", self._picture),
            Mount("/web", StaticFiles(directory=WEB)),
        ]
        # Another name that leads to this machine is DNS rebinding: a foreign page would read what this one shows.
        trusted = Middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK), www_redirect=False)
        return Starlette(
            routes=routes,
            middleware=[Middleware(SameOrigin), trusted],
            exception_handlers={EngineError: _unusable},
        )

    async def _page(self, _: Request) -> Response:
        return FileResponse(WEB / "vote.html")

    async def _question(self, request: Request) -> Response:
        return await self._ask(_voter(request))

    async def _other_voter(self, _: Request) -> Response:
        return await self._ask(_new_voter())

    async def _vote(self, request: Request) -> Response:
        """Keep a vote durably, then ask the next question."""
        try:
            answer = msgspec.json.decode(await _body(request), type=Answer)
        except msgspec.DecodeError:
            return Response(status_code=400)
        voter, question = self._asked.get(answer.question, (None, None))
        if voter is None or question is None or voter != _voter(request):
            return Response(status_code=410)  # of an earlier start, or of another voter
        await run_in_threadpool(self._ballot.cast, voter, question, answer.choice)
        return await self._ask(voter)

    async def _undo(self, request: Request) -> Response:
        """Take the last vote back and ask its question once more."""
        voter = _voter(request)
        return await self._ask(voter, await run_in_threadpool(self._ballot.undo, voter))

    async def _ask(self, voter: str, question: Question | None = None) -> Response:
        """Return a question, the next one by default, and how far the voter is."""
        question = question or await run_in_threadpool(self._ballot.next, voter)
        word = None
        if question is not None:
            word = secrets.token_urlsafe(12)
            self._asked[word] = voter, question
        votes = await run_in_threadpool(self._ballot.count, voter)
        said = {"question": word, "votes": votes, "contests": self._ballot.contests, "language": self._language}
        response = JSONResponse(said)
        response.set_cookie(COOKIE, voter, max_age=YEAR, httponly=True, samesite="strict")
        return response

    async def _picture(self, request: Request) -> Response:
        _, question = self._asked.get(request.path_params["word"], (None, None))
        if question is None:
            return Response(status_code=404)
        left, right = question.pictures
        paths = {"content": question.content, "style": question.style, "left": left, "right": right}
        path = paths.get(request.path_params["which"])
        return FileResponse(path) if path is not None and path.is_file() else Response(status_code=404)


class SameOrigin:
    """Refuses what a page of another origin sends through a browser, and adds security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then add the headers to the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refused = Response(status_code=403) if _is_foreign(Headers(scope=scope)) else None
        await (refused or self._app)(scope, receive, send_with_headers)


def _is_foreign(headers: Headers) -> bool:
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        return True
    return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"


def _voter(request: Request) -> str:
    """Return the random number of whoever uses this browser; a returning voter has the same."""
    known = request.cookies.get(COOKIE, "")
    return known if VOTER.fullmatch(known) else _new_voter()


def _new_voter() -> str:
    return secrets.token_hex(8)


async def _body(request: Request) -> bytes:
    """Return the body, no more of it than a vote can have: what is cut is no JSON."""
    found = b""
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY:
            break
    return found


async def _unusable(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=503)

"""The HTTP transport of the Bot API: /bot<token>/<method> and /file/bot<token>/<path>."""

from __future__ import annotations

import json
import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import Json
from bot.sandbox.botapi.call import Call
from bot.sandbox.botapi.methods import BY_LOWER_NAME, MESSAGES, METHODS, OWN_DATA
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.botapi.request_body import read_params
from bot.sandbox.botapi.webhooks import Webhooks
from bot.sandbox.connections import abort
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.state.accounts import Bot
from bot.sandbox.state.call_log import Entry
from bot.sandbox.state.faults import Fault
from bot.sandbox.state.world import World

log = logging.getLogger(__name__)


class Transport:
    """The addresses that a bot calls, and the webhooks by which it is called."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.webhooks = Webhooks(world, self._call_from_webhook)

    def routes(self) -> list[Route]:
        """Return the routes for calls and downloads."""
        verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
            Route("/bot{rest:path}", self._no_method, methods=verbs),
        ]

    async def _call(self, request: Request) -> Response:
        """Answer one call: the HTTP status is repeated in error_code (Bot API, "Making requests")."""
        try:
            bot = self.world.bot(request.path_params["token"])
            params = await read_params(request)
        except ApiError as error:
            return _json_response(error.code, error.to_json())
        name = request.path_params["method"][:64]
        entry = self._begin(bot, name, params)
        delay, fault = self.world.faults.meet(bot.id, name, str(params.values.get("chat_id", "")))
        entry.fault = fault.kind if fault is not None else "delay" if delay else ""
        entry.delayed = round(delay * 1000, 1)
        await self.world.pause(delay)
        status, body = await self._outcome(bot, name, params, fault)
        if fault is not None and fault.kind in ("timeout", "drop"):
            return await self._abort(request, fault, entry, status)
        if await request.is_disconnected():
            self.world.call_log.end(entry, 0, "the bot had closed the connection")
            return Response(status_code=500)  # which nobody gets
        self.world.call_log.end(entry, status, body)
        return _json_response(status, body)

    async def _call_from_webhook(self, bot: Bot, params: Params) -> None:
        """Perform the call in the answer to a webhook. Telegram does not tell the bot its outcome."""
        name = params.text("method")
        entry = self._begin(bot, name, params)
        status, body = await self._outcome(bot, name, params, None)
        self.world.call_log.end(entry, status, body)

    def _begin(self, bot: Bot, name: str, params: Params) -> Entry:
        known = BY_LOWER_NAME.get(name.lower(), name)
        return self.world.call_log.begin(bot.username, known, params.to_json(), params.files)

    async def _outcome(self, bot: Bot, name: str, params: Params, fault: Fault | None) -> tuple[int, Json]:
        """Perform a call with its fault, and return the status and the body of the answer."""
        try:
            if fault is not None and fault.kind in ("flood", "error"):
                raise fault.error()
            if fault is not None and fault.kind == "drop" and not fault.stored:
                return 0, {}
            return 200, {"ok": True, "result": await self._perform(bot, name, params)}
        except ApiError as error:
            return error.code, error.to_json()
        except Exception:
            log.exception("%s failed", name)
            return 500, ApiError(500, "Internal Server Error").to_json()

    async def _perform(self, bot: Bot, name: str, params: Params) -> object:
        """Run a method within the flood limits, and return its result."""
        known = BY_LOWER_NAME.get(name.lower())
        if known is None:
            # Telegram answers 404, but libraries take that for a wrong token.
            raise bad_request(f"method {name} is not in the sandbox")
        if known in MESSAGES:
            count = len(params.array("media") or [1]) if known == "sendMediaGroup" else 1
            self.world.flood_limits.check_message(bot.id, params.text("chat_id"), count)
        elif known in OWN_DATA:
            self.world.flood_limits.check_method(bot.id, known)
        return await METHODS[known](Call(self.world, bot, params, self.webhooks))

    async def _abort(self, request: Request, fault: Fault, entry: Entry, status: int) -> Response:
        """Abort the connection without an answer: at once, or for a timeout after its seconds."""
        if fault.kind == "timeout":
            await self.world.pause(fault.seconds)
        self.world.call_log.end(entry, status, "the connection was cut")
        abort(request)
        return Response(status_code=500)  # a handler has to return a response; this one is not sent

    async def _download(self, request: Request) -> Response:
        """Answer the bytes of a file by the path that getFile gave; faults match it by the name "download"."""
        try:
            bot = self.world.bot(request.path_params["token"])
            file = self.world.files.at(request.path_params["path"])
            if file is None:
                raise ApiError(404, "Not Found")
            delay, fault = self.world.faults.meet(bot.id, "download", "")
            await self.world.pause(delay)
            if fault is not None and fault.kind in ("flood", "error"):
                raise fault.error()
        except ApiError as error:
            return _json_response(error.code, error.to_json())
        if fault is not None:
            await self.world.pause(fault.seconds if fault.kind == "timeout" else 0.0)
            abort(request)
        return Response(file.data, media_type="application/octet-stream")

    async def _no_method(self, _: Request) -> Response:
        """Answer an address under /bot that contains no method, or a verb that is neither GET nor POST."""
        return _json_response(404, ApiError(404, "Not Found").to_json())


def _json_response(status: int, body: Any) -> Response:
    return Response(json.dumps(body, separators=(",", ":")), status_code=status, media_type="application/json")

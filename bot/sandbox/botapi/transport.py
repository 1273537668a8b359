"""The Bot API's transport: /bot<token>/<method> and /file/bot<token>/<path>."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.sandbox.botapi.call import Call
from bot.sandbox.botapi.methods import BY_LOWER_NAME, COUNTED, EDITS, METHODS
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.botapi.request_body import read_params
from bot.sandbox.connections import cut
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.state.accounts import Bot, Json
from bot.sandbox.state.call_log import Entry
from bot.sandbox.state.faults import Fault
from bot.sandbox.state.world import World

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wire:
    """The two addresses that a bot knows."""

    world: World

    async def call(self, request: Request) -> Response:
        """One method call: real HTTP status, and the same in error_code (Bot API, "Making requests")."""
        try:
            bot = self.world.bot(request.path_params["token"])
            params = await read_params(request)
        except ApiError as error:
            return reply(error.code, _refusal(error))
        name = request.path_params["method"][:64]
        entry = self.world.journal.begin(bot.username, BY_LOWER_NAME.get(name.lower(), name), params)
        fault = self.world.faults.hit(bot.id, name, str(params.values.get("chat_id", "")))
        if fault is not None:
            entry.fault = fault.kind
        status, body = await self._outcome(bot, name, params, fault)
        if fault is not None and fault.kind in ("timeout", "drop"):
            return await self._cut(request, fault, entry, status)
        self.world.journal.end(entry, status, body)
        return reply(status, body)

    async def _outcome(self, bot: Bot, name: str, params: Params, fault: Fault | None) -> tuple[int, Json]:
        """The status and the body of the answer."""
        try:
            if fault is not None and fault.kind in ("flood", "error"):
                raise fault.error()
            if fault is not None and fault.kind == "delay":
                await self.world.pause(fault.seconds)
            if fault is not None and fault.kind == "drop" and not fault.stored:
                return 0, {}
            return 200, {"ok": True, "result": await self.perform(bot, name, params)}
        except ApiError as error:
            return error.code, _refusal(error)
        except Exception:
            log.exception("%s failed", name)
            return 500, _refusal(ApiError(500, "Internal Server Error"))

    async def perform(self, bot: Bot, name: str, params: Params) -> object:
        """Run a method within the flood limits."""
        known = BY_LOWER_NAME.get(name.lower())
        if known is None:
            # 404 would be Telegram's answer, but libraries take that for a wrong token
            raise bad_request(f"method {name} is not in the sandbox")
        if known in COUNTED or known in EDITS:
            count = len(params.array("media") or [1]) if known == "sendMediaGroup" else 1
            self.world.limits.check(bot.id, params.text("chat_id"), count, edit=known in EDITS)
        return await METHODS[known](Call(self.world, bot, params))

    async def obey(self, bot: Bot, name: str, params: Params) -> None:
        """A call inside the answer to a webhook: Telegram tells the bot nothing of its outcome."""
        entry = self.world.journal.begin(bot.username, BY_LOWER_NAME.get(name.lower(), name), params)
        status, body = await self._outcome(bot, name, params, None)
        self.world.journal.end(entry, status, body)

    async def _cut(self, request: Request, fault: Fault, entry: Entry, status: int) -> Response:
        """No answer comes: the line goes dead, at once or after a while."""
        if fault.kind == "timeout":
            await self.world.pause(fault.seconds)
        self.world.journal.end(entry, status, "the connection was cut")
        cut(request)
        return Response(status_code=500)

    async def download(self, request: Request) -> Response:
        """The bytes of a file by the path that getFile gave."""
        try:
            self.world.bot(request.path_params["token"])
        except ApiError as error:
            return reply(error.code, _refusal(error))
        file = self.world.files.at(request.path_params["path"])
        if file is None:
            return reply(404, _refusal(ApiError(404, "Not Found")))
        return Response(file.data, media_type="application/octet-stream")


def _refusal(error: ApiError) -> Json:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    return body | ({"parameters": error.parameters} if error.parameters else {})


def reply(status: int, body: Any) -> Response:
    """A JSON answer; off the loop's thread it would cost more than it takes."""
    return Response(json.dumps(body, separators=(",", ":")), status_code=status, media_type="application/json")


async def no_method(_: Request) -> Response:
    """An address under /bot that names no method, or a verb that is not GET or POST."""
    await asyncio.sleep(0)
    return reply(404, _refusal(ApiError(404, "Not Found")))

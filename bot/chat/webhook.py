"""Updates that Telegram brings to a URL of ours, by a proxy that ends TLS, instead of being asked for them.

The end of the URL and the secret that Telegram sends with each update are made of the token: nobody guesses them,
nothing is kept, and all bots on a database have the same.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from dataclasses import dataclass, field

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from telegram import Bot, Update
from telegram.error import NetworkError

from bot.chat.context import ChatApplication

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
LARGEST = 2**20  # bytes; an update of Telegram has some thousand
# Seconds until Telegram sends an update again; without it the pause grows to two minutes (tdlib/telegram-bot-api).
LATER = {"Retry-After": "5"}


@dataclass(frozen=True)
class Webhook:
    """Where Telegram brings updates.

    Attributes:
        url: The whole URL.
        name: What it ends with.
        secret: What Telegram sends in `SECRET_HEADER`.
    """

    url: str
    name: str
    secret: str = field(repr=False)


def webhook_of(public_url: str, token: str) -> Webhook:
    """Return the webhook of the bot with this token, under a URL without a slash at the end."""
    name, secret = (hmac.digest(token.encode(), use, "sha256").hex() for use in (b"webhook name", b"webhook secret"))
    return Webhook(f"{public_url}/{name}", name, secret)


def receiver(webhook: Webhook, application: ChatApplication, stop: asyncio.Event) -> Router:
    """Return what answers Telegram, as an ASGI application.

    The answer 200 says that the update is stored. After any other one Telegram sends it again, for 24 hours, and until
    then nothing else of the same chat.

    Args:
        webhook: Whose name and secret are asked for. What stands before the name in a path is the proxy's affair.
        application: Gets the updates by its queue.
        stop: Once it is set, nothing is taken any more: another process may answer.
    """

    async def receive(request: Request) -> Response:
        secret = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(secret.encode(), webhook.secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = _read(body, application.bot)
        except ValueError:
            log.warning("what was brought is no update: does the proxy change what it hands on?")
            return Response(status_code=400)
        return Response() if update is None else await keep(update)

    async def keep(update: Update) -> Response:
        try:
            if stop.is_set():
                raise NetworkError("this process does not answer any more")
            await application.update_queue.put(update)
        except NetworkError as error:
            log.warning("an update is left to telegram", reason=error.message)
            return Response(status_code=503, headers=LATER)
        return Response()

    return Router([Route(f"/{{before:path}}{webhook.name}", receive, methods=["POST"])], redirect_slashes=False)


async def _body(request: Request) -> bytes | None:
    """Return the body of a request, None if it is too large."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return None
    except ClientDisconnect:
        return b""  # nobody waits for the answer
    return bytes(body)


def _read(body: bytes, bot: Bot) -> Update | None:
    """Return the update in a body; None if the library cannot read it.

    Raises:
        ValueError: the body is no update.
    """
    data = json.loads(body)
    if not isinstance(data, dict) or not isinstance(number := data.get("update_id"), int):
        raise ValueError("an update has an id")
    try:
        return Update.de_json(data, bot)
    except Exception as error:  # noqa: BLE001 - the library knows the types of its own time
        # The next time it could be read no better, and it would hold up its chat for a day.
        log.error("an update cannot be read and is passed over", update_id=number, error=type(error).__name__)
        return None

"""Methods by which a bot gets updates and files, and answers callback queries."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import urlsplit

from bot.sandbox import Json
from bot.sandbox.botapi.call import Call
from bot.sandbox.errors import ApiError, bad_request, conflict
from bot.sandbox.state.files import DOWNLOAD_LIMIT
from bot.sandbox.state.updates import KINDS, Webhook

LONGEST_POLL = 50  # seconds
ANSWER_LIMIT = 200  # characters; Bot API, answerCallbackQuery
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _set_allowed(call: Call) -> None:
    """Set the kinds of updates; without the parameter they stay as they were (Bot API, getUpdates).

    So they do where it is no array of texts. Names count in any case; unknown ones are dropped, and where none is left
    the default applies (Bot API server, Client::get_allowed_update_types).
    """
    allowed: list[object] | None = None
    with suppress(ApiError):
        allowed = call.params.array("allowed_updates")
    if allowed is not None and all(isinstance(kind, str) for kind in allowed):
        names = {str(kind).lower() for kind in allowed}
        call.world.queues[call.bot.id].allowed = [kind for kind in KINDS if kind in names]


async def get_updates(call: Call) -> object:
    """Bot API, getUpdates."""
    if call.bot.id in call.world.webhooks:
        raise conflict(WEBHOOK_ACTIVE)
    _set_allowed(call)
    offset = call.params.integer("offset")
    limit = min(100, max(1, call.params.integer("limit", 100)))
    timeout = min(LONGEST_POLL, max(0, call.params.integer("timeout")))
    return await call.world.queues[call.bot.id].poll(offset, limit, timeout)


async def set_webhook(call: Call) -> object:
    """Bot API, setWebhook. Unlike Telegram, it accepts plain HTTP: the bot under test is on this machine."""
    url = call.params.text("url")
    if not url:
        return await delete_webhook(call)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = call.params.text("secret_token")
    if secret and SECRET.fullmatch(secret) is None:
        raise bad_request("secret token contains unallowed characters")
    _set_allowed(call)
    queue = call.world.queues[call.bot.id]
    queue.interrupt()
    if call.params.flag("drop_pending_updates"):
        queue.queued.clear()
    call.webhooks.set(call.bot, Webhook(url, secret, call.params.integer("max_connections", 40)))
    return True


async def delete_webhook(call: Call) -> object:
    """Bot API, deleteWebhook."""
    call.webhooks.remove(call.bot)
    if call.params.flag("drop_pending_updates"):
        call.world.queues[call.bot.id].queued.clear()
    return True


async def get_webhook_info(call: Call) -> object:
    """Bot API, getWebhookInfo."""
    webhook = call.world.webhooks.get(call.bot.id)
    queue = call.world.queues[call.bot.id]
    info: Json = {
        "url": webhook.url if webhook is not None else "",
        "has_custom_certificate": False,
        "pending_update_count": len(queue.pending()),
    }
    if webhook is not None:
        info["max_connections"] = webhook.max_connections
        if webhook.error:
            info |= {"last_error_date": webhook.error_date, "last_error_message": webhook.error}
    return info | ({"allowed_updates": queue.allowed} if queue.allowed else {})


async def get_file(call: Call) -> object:
    """Bot API, getFile: only for a file_id that this bot got."""
    file_id = call.params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file, ours = call.world.files.find(file_id), call.world.files.belongs_to(call.bot.id, file_id)
    if file is None and not ours:
        raise bad_request("invalid file_id")
    if file is None or not ours:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(file.data) > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.data),
        "file_path": file.path,
    }


async def answer_callback_query(call: Call) -> object:
    """Bot API, answerCallbackQuery."""
    text = call.params.text("text")
    if len(text) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = {"text": text, "alert": call.params.flag("show_alert"), "url": call.params.text("url")}
    call.world.callback_queries.answer(call.bot.id, call.params.text("callback_query_id"), answer)
    return True

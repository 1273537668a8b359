"""Methods by which updates and files reach the bot, and answers to pressed buttons."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.sandbox.botapi.call import Call
from bot.sandbox.errors import bad_request, conflict
from bot.sandbox.state.accounts import Json
from bot.sandbox.state.files import DOWNLOAD_LIMIT

LONGEST_POLL = 50
ANSWER_LIMIT = 200  # Bot API, answerCallbackQuery
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _set_allowed(call: Call) -> None:
    """What is not given stays as it was (Bot API, getUpdates)."""
    allowed = call.params.array("allowed_updates")
    if allowed is not None:
        call.world.queues[call.bot.id].allowed = [str(kind) for kind in allowed]


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
    """Bot API, setWebhook. Plain HTTP is fine here: the bot under test is next door."""
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
    _stop(call)
    queue = call.world.queues[call.bot.id]
    queue.interrupt()
    if call.params.flag("drop_pending_updates"):
        queue.pending.clear()
    call.world.set_webhook(call.bot, url, secret, call.params.integer("max_connections", 40)).start()
    return True


async def delete_webhook(call: Call) -> object:
    """Bot API, deleteWebhook."""
    _stop(call)
    if call.params.flag("drop_pending_updates"):
        call.world.queues[call.bot.id].pending.clear()
    return True


def _stop(call: Call) -> None:
    webhook = call.world.webhooks.pop(call.bot.id, None)
    if webhook is not None:
        webhook.stop()


async def get_webhook_info(call: Call) -> object:
    """Bot API, getWebhookInfo."""
    webhook = call.world.webhooks.get(call.bot.id)
    queue = call.world.queues[call.bot.id]
    if webhook is not None:
        return webhook.wire()
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(queue.pending)}
    return info | ({"allowed_updates": queue.allowed} if queue.allowed else {})


async def get_file(call: Call) -> object:
    """Bot API, getFile."""
    file = call.world.files.get(call.params.text("file_id"))
    if len(file.data) > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": file.id,
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
    call.world.callbacks.answer(call.bot.id, call.params.text("callback_query_id"), answer)
    return True

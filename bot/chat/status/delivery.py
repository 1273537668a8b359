"""The delivery of a finished job: at least one copy, at most two.

Where the requester is likely to be looking, the status message itself becomes the picture. That is an edit, which may
be repeated until it is known to have worked, but an edit notifies nobody. So a picture that took long, a picture in a
group, and somebody's first picture are sent as a new message, and the status message is deleted.

Telegram has no key that would make a send idempotent, and a send that timed out often did arrive. So a send is recorded
before it begins. When its outcome is unknown, it is never repeated: the status message becomes the picture instead.
"""

from __future__ import annotations

import time

import httpx
import structlog
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.chat.context import Services
from bot.chat.i18n import texts
from bot.chat.keyboards import result_keyboard
from bot.chat.status.messages import JobMessages
from bot.chat.status.text import caption, describe
from bot.storage.models import Delivery, Job, State

log = structlog.get_logger(__name__)

DONE = "🎉"
WATCHED = 60.0  # seconds for which a requester is taken to look at the chat

# Errors of the transport after which the request provably did not reach Telegram.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


async def deliver(bot: Bot, services: Services, job: Job) -> None:
    """Give the requester the picture, or the reason why there is none.

    Raises:
        TelegramError: it failed this time; the job stays unsettled and this may be called again.
    """
    messages, painted = JobMessages(bot, job), job.state is State.RENDERED
    try:
        sent = await _deliver_picture(messages, services, job) if painted else await _deliver_reason(messages, job)
    except (Forbidden, BadRequest) as error:  # blocked, removed, or the chat or topic is gone: nobody can be told
        log.info("nobody can be told", job=job.id, reason=error.message)
        await services.stores.deliveries.finish(job.id)
        return
    await services.stores.deliveries.finish(job.id, keep=painted)
    await messages.react(DONE if painted else None)
    if sent:
        await messages.remove_status()
    log.info("answered", job=job.id, state=str(job.state))


async def _deliver_picture(messages: JobMessages, services: Services, job: Job) -> bool:
    """Deliver the picture; return whether it is a new message, so that the status message can be deleted."""
    if job.result is None:
        raise ValueError(f"job {job.id} is rendered but has no picture")
    picture = await services.stores.blobs.get(job.result)
    say = texts(job.language)
    text, keyboard = caption(services, job, say), result_keyboard(job, say)
    first = job.address.chat_id > 0 and await services.stores.deliveries.is_first(job)
    in_place = job.delivery is Delivery.SENDING or (_watched(job) and not first)
    if in_place and await _replace_status(messages, job, picture, text, keyboard):
        return False
    await services.stores.deliveries.begin(job.id)
    try:
        await messages.send(picture, text, keyboard, celebrate=first)
    except BadRequest as error:  # for example in a group that allows texts but no photos or files
        log.warning("a picture cannot be sent", job=job.id, reason=error.message)
        await messages.send_status(say("undeliverable"))
    except (RetryAfter, Forbidden):
        await services.stores.deliveries.failed(job.id)
        raise
    except NetworkError as error:
        if isinstance(error.__cause__, UNSENT):
            await services.stores.deliveries.failed(job.id)
        raise
    return True


def _watched(job: Job) -> bool:
    """Return whether the requester is likely to be looking at the chat, so that no notification is needed."""
    return job.address.chat_id > 0 and (job.stop_asked or time.time() - job.created_at < WATCHED)


async def _replace_status(
    messages: JobMessages, job: Job, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None
) -> bool:
    """Make the status message the picture; this may be repeated. False if there is no such message any more."""
    if job.status_message_id is None:
        return False
    try:
        await messages.show(picture, text, keyboard)
    except BadRequest as error:
        if "is not modified" not in error.message:
            log.info("a status message cannot become the result", job=job.id, reason=error.message)
            return False
    return True


async def _deliver_reason(messages: JobMessages, job: Job) -> bool:
    """Tell the reason; return whether it is a new message, so that the status message can be deleted."""
    text = describe(job, None, texts(job.language))
    try:
        if job.status_message_id is not None:
            await messages.edit(text)
            return False
    except BadRequest as error:
        log.info("a status message cannot be edited", job=job.id, reason=error.message)
    await messages.send_status(text)
    return True

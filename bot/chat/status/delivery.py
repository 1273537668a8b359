"""The answer to a finished job: at least once, at most twice, never not at all.

Where somebody is likely to be looking, the live message itself becomes the picture: an edit, which may be repeated
until it is known to have worked. But an edit does not ring. So a picture that took long, one in a group, and somebody's
first come as a new message, and the live one goes.

Telegram has no key that would make a send idempotent, and a send that timed out often did arrive. So a send is
noted before it begins. When its outcome is unknown, it is never repeated: the live message becomes the picture
instead.
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
from bot.chat.status.messages import Post
from bot.chat.status.text import caption, describe
from bot.storage.models import Delivery, Job, State

log = structlog.get_logger(__name__)

DONE = "🎉"
WATCHED = 60.0  # seconds that somebody is taken to look at the live message after they have asked

# Failures of the transport after which the request provably never reached Telegram.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


async def deliver(bot: Bot, services: Services, job: Job) -> None:
    """Give the user the picture, or the reason why there is none.

    Raises:
        TelegramError: it did not work this time; the job stays unsettled and this may be called again.
    """
    post, painted = Post(bot, job), job.state is State.RENDERED
    try:
        sent = await _deliver_picture(post, services, job) if painted else await _deliver_reason(post, job)
    except (Forbidden, BadRequest) as error:  # blocked, kicked, or the chat or topic is gone: there is nobody to tell
        log.info("an answer has no taker", job=job.id, reason=error.message)
        await services.stores.deliveries.finish(job.id)
        return
    await services.stores.deliveries.finish(job.id, keep=painted)
    await post.react(DONE if painted else None)
    if sent:
        await post.remove_status()
    log.info("answered", job=job.id, state=str(job.state))


async def _deliver_picture(post: Post, services: Services, job: Job) -> bool:
    """Give the picture; return whether it is a new message, and the live one is to go."""
    if job.result is None:
        raise ValueError(f"job {job.id} is rendered but has no picture")
    picture = await services.stores.blobs.get(job.result)
    say = texts(job.language)
    text, keyboard = caption(services, job, say), result_keyboard(job, say)
    first = job.address.chat_id > 0 and await services.stores.deliveries.is_first(job)
    in_place = job.delivery is Delivery.SENDING or (_watched(job) and not first)
    if in_place and await _become(post, job, picture, text, keyboard):
        return False
    await services.stores.deliveries.begin(job.id)
    try:
        await post.send(picture, text, keyboard, feast=first)
    except BadRequest as error:  # a group, for instance, that lets us write but send no files
        log.warning("a picture cannot be sent", job=job.id, reason=error.message)
        await post.say(say("undeliverable"))
    except (RetryAfter, Forbidden):
        await services.stores.deliveries.failed(job.id)
        raise
    except NetworkError as error:
        if isinstance(error.__cause__, UNSENT):
            await services.stores.deliveries.failed(job.id)
        raise
    return True


def _watched(job: Job) -> bool:
    """Return whether its user is likely to be looking at the live message, so that nothing has to ring."""
    return job.address.chat_id > 0 and (job.stop_asked or time.time() - job.created_at < WATCHED)


async def _become(post: Post, job: Job, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None) -> bool:
    """Turn the live message into the picture, for as often as that is tried; False if there is none any more."""
    if job.status_message_id is None:
        return False
    try:
        await post.show(picture, text, keyboard)
    except BadRequest as error:
        if "is not modified" not in error.message:
            log.info("a live message cannot become the result", job=job.id, reason=error.message)
            return False
    return True


async def _deliver_reason(post: Post, job: Job) -> bool:
    """Tell the reason; return whether it is a new message, and the live one is to go."""
    text = describe(job, None, texts(job.language))
    try:
        if job.status_message_id is not None:
            await post.edit(text)
            return False
    except BadRequest as error:
        log.info("a status message cannot be edited", job=job.id, reason=error.message)
    await post.say(text)
    return True

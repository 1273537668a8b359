"""The answer to a finished job: at least once, at most twice, never not at all.

Telegram has no key that would make a send idempotent, and a send that timed out often did arrive. So a send is
noted before it begins. When its outcome is unknown, it is never repeated: the status message becomes the picture
instead, an edit that may be repeated.
"""

from __future__ import annotations

import httpx
import structlog
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter

from bot.chat.context import Services
from bot.chat.keyboards import result_keyboard
from bot.chat.post import Post
from bot.chat.status import caption, describe
from bot.chat.texts import texts
from bot.jobs.job import Delivery, Job, State

log = structlog.get_logger(__name__)

DONE = "🎉"

# Failures of the transport after which the request provably never reached Telegram.
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


async def deliver(bot: Bot, services: Services, job: Job) -> None:
    """Give the user the picture, or the reason why there is none.

    Raises:
        TelegramError: it did not work this time; the job stays unsettled and this may be called again.
    """
    post = Post(bot, job)
    try:
        if job.state is State.RENDERED:
            await _deliver_picture(post, services, job)
        else:
            await _deliver_reason(post, job)
    except Forbidden as error:  # blocked, kicked, or the chat is gone: there is nobody to tell
        log.info("a result has no taker", job=job.id, reason=error.message)
        await services.jobs.finish_delivery(job.id)
        return
    await services.jobs.finish_delivery(job.id, keep=job.state is State.RENDERED)
    await post.react(DONE if job.state is State.RENDERED else None)
    if job.state is State.RENDERED and job.delivery is Delivery.PENDING:
        await post.remove_status()
    log.info("answered", job=job.id, state=str(job.state))


async def _deliver_picture(post: Post, services: Services, job: Job) -> None:
    if job.result is None:
        raise ValueError(f"job {job.id} is rendered but has no picture")
    picture = await services.blobs.get(job.result)
    say = texts(job.language)
    text, keyboard = caption(services, job, say), result_keyboard(job, say)
    if not await services.jobs.begin_delivery(job.id):  # a send was begun before, and nobody knows how it ended
        await _replace_status(post, job, picture, text, keyboard)
        return
    try:
        await post.send(picture, text, keyboard)
    except (RetryAfter, BadRequest, Forbidden):
        await services.jobs.delivery_failed(job.id)
        raise
    except NetworkError as error:
        if isinstance(error.__cause__, UNSENT):
            await services.jobs.delivery_failed(job.id)
        raise


async def _replace_status(
    post: Post, job: Job, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None
) -> None:
    """Turn the status message into the picture; if there is none any more, send the picture once again."""
    try:
        if job.status_message_id is not None:
            await post.show(picture, text, keyboard)
            return
    except BadRequest as error:
        if "is not modified" in error.message:
            return
        log.info("a status message cannot become the result", job=job.id, reason=error.message)
    await post.send(picture, text, keyboard)


async def _deliver_reason(post: Post, job: Job) -> None:
    text = describe(job, None, texts(job.language))
    if job.status_message_id is None:
        await post.say(text)
        return
    try:
        await post.edit(text)
    except BadRequest as error:
        log.info("a status message cannot be edited", job=job.id, reason=error.message)
        await post.say(text)

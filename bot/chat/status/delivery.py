"""The delivery of a finished job: at least one copy, at most two.

Where the requester is likely to be looking, the status message itself becomes the picture. That is an edit, which may
be repeated until it is known to have worked, but an edit notifies nobody. So a picture that took long, a picture in a
group, and somebody's first picture are sent as a new message, and the status message is deleted.

Telegram has no key that would make a send idempotent, and a send that timed out often did arrive. So a send is recorded
before it begins. When its outcome is unknown, it is never repeated: the status message becomes the picture instead.

The place may be closed by then: a topic was closed or deleted, or the bot may not write there any more. Then the
requester gets the picture in private, if they have started the bot, or outside the topic.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot import meters
from bot.chat.context import Services
from bot.chat.keyboards import result_keyboard
from bot.chat.mentions import mentionable
from bot.chat.rate_limiter import UNSENT, once, patience
from bot.chat.refusals import TOPIC_GONE, UNCHANGED, says
from bot.chat.status.messages import JobMessages
from bot.chat.status.text import caption, describe
from bot.storage.models import Address, Delivery, Job, SentPicture, State

log = structlog.get_logger(__name__)

DONE = "🎉"
PATIENCE = 5.0  # seconds of a pause that a delivery waits for; a longer one is left to the reporter
WATCHED = 60.0  # seconds for which a requester is taken to look at the chat


@dataclass(frozen=True)
class _Answer:
    """How a requester was answered.

    Attributes:
        picture: The picture as it was delivered; None where there is none, or Telegram does not tell.
        is_new: It is a new message, so that the status message can be deleted.
    """

    picture: SentPicture | None
    is_new: bool


async def deliver(bot: Bot, services: Services, job: Job, *, is_picture: bool | None = None) -> None:
    """Give the requester the picture, or the reason why there is none.

    Args:
        bot: Which sends it.
        services: The parts of the program.
        job: Which is finished.
        is_picture: Whether its status message is a picture, where that is known.

    Raises:
        TelegramError: it failed this time; the job stays unsettled and this may be called again.
    """
    deliveries, messages = services.stores.deliveries, JobMessages(bot, job, is_picture=is_picture)
    if job.delivery is not Delivery.DONE:
        with patience(PATIENCE), meters.STAGE_SECONDS.labels("deliver").time():
            answer: _Answer | None
            try:
                answer = await _answer(messages, services, job)
            except (Forbidden, BadRequest) as error:
                answer = await _answer_elsewhere(bot, services, job, error)
        painted = job.state is State.RENDERED and answer is not None
        picture = answer.picture if answer else None
        await deliveries.finish(job.id, keep=painted, picture=picture, status_left=bool(answer and answer.is_new))
        meters.DELIVERIES.labels("nobody" if answer is None else "picture" if painted else "reason").inc()
        log.info("answered" if answer else "nobody can be told", job=job.id, state=str(job.state))
        if answer is None or not answer.is_new:
            await messages.react(DONE if painted else None)
            return
    await messages.remove_status()
    await deliveries.status_removed(job.id)
    await messages.react(DONE if job.state in (State.RENDERED, State.DELIVERED) else None)


async def _answer(messages: JobMessages, services: Services, job: Job, note: str = "") -> _Answer:
    """Give the requester what there is, where the job says; `note` is a sentence besides."""
    if job.state is State.RENDERED:
        return await _deliver_picture(messages, services, job, note)
    return await _deliver_reason(messages, job, note)


async def _answer_elsewhere(bot: Bot, services: Services, job: Job, error: TelegramError) -> _Answer | None:
    """Answer where the requester can read it when the place of the request is closed; None: nowhere."""
    log.info("a job cannot be answered where it was asked for", job=job.id, reason=error.message)
    async for moved, note in _other_places(bot, services, job, error):
        try:
            messages = JobMessages(bot, moved)
            answer = await _answer(messages, services, moved, note)
        except (Forbidden, BadRequest) as refusal:
            log.info("a job cannot be answered elsewhere", job=job.id, reason=refusal.message)
            continue
        await services.stores.deliveries.redirect(job.id, moved.address, moved.message_id)
        return answer
    return None


async def _other_places(bot: Bot, services: Services, job: Job, error: TelegramError) -> AsyncIterator[tuple[Job, str]]:
    """Yield the job with other addresses, and the sentence that says why it is answered there.

    Outside the topic it replies to nothing: a reply would belong to the topic.
    """
    address = job.address
    new = dataclasses.replace(job, status_message_id=None, preview=None, delivery=Delivery.PENDING)
    if address.chat_id < 0 < address.user_id and await services.stores.people.knows(address.user_id):
        private = Address(address.user_id, None, address.user_id)
        moved = dataclasses.replace(new, address=private, message_id=0)
        yield moved, JobMessages(bot, moved).say("here-in-private")
    if address.thread_id is not None and says(error, *TOPIC_GONE):
        moved = dataclasses.replace(new, address=dataclasses.replace(address, thread_id=None), message_id=0)
        note = JobMessages(bot, moved).say("here-in-general")
        user = await mentionable(bot, address.chat_id, address.user_id) if address.user_id > 0 else None
        yield moved, f"{user.mention_html()}: {note}" if user and job.state is State.RENDERED else note


async def _deliver_picture(messages: JobMessages, services: Services, job: Job, note: str) -> _Answer:
    if job.result is None:
        raise ValueError(f"job {job.id} is rendered but has no picture")
    picture = await services.stores.blobs.get(job.result)
    say = messages.say
    text, keyboard = caption(services, job, say), result_keyboard(job, say)
    text = f"{note}\n{text}" if note else text
    first = job.address.chat_id > 0 and await services.stores.deliveries.is_first(job)
    in_place = job.delivery is Delivery.SENDING or (_watched(job) and not first)
    if in_place and (answer := await _replace_status(messages, job, picture, text, keyboard)):
        return answer
    await services.stores.deliveries.begin(job.id)
    try:
        with once():
            sent = await messages.send(picture, text, keyboard, celebrate=first)
    except BadRequest as error:  # for example in a group that allows texts but no photos or files
        if says(error, *TOPIC_GONE):
            raise
        log.warning("a picture cannot be sent", job=job.id, reason=error.message)
        await messages.send_status(say("undeliverable"))
        return _Answer(None, is_new=True)
    except (RetryAfter, Forbidden):
        await services.stores.deliveries.failed(job.id)
        raise
    except NetworkError as error:
        if isinstance(error.__cause__, UNSENT):
            await services.stores.deliveries.failed(job.id)
        raise
    return _Answer(sent, is_new=True)


def _watched(job: Job) -> bool:
    """Return whether the requester is likely to be looking at the chat, so that no notification is needed."""
    return job.address.chat_id > 0 and (job.stop_asked or time.time() - job.created_at < WATCHED)


async def _replace_status(
    messages: JobMessages, job: Job, picture: bytes, text: str, keyboard: InlineKeyboardMarkup | None
) -> _Answer | None:
    """Make the status message the picture; this may be repeated. None if that cannot be, and a new message can.

    Raises:
        RetryAfter: Telegram asks for patience, and a send may have arrived before: only an edit may be repeated.
    """
    if job.status_message_id is None:
        return None
    try:
        return _Answer(await messages.show(picture, text, keyboard), is_new=False)
    except BadRequest as error:
        if says(error, UNCHANGED):
            return _Answer(None, is_new=False)
        log.info("a status message cannot become the result", job=job.id, reason=error.message)
    except RetryAfter as error:  # the chat had too many edits: a finished picture does not wait for that
        if job.delivery is Delivery.SENDING:
            raise
        log.info("a status message cannot become the result now", job=job.id, reason=error.message)
    return None


async def _deliver_reason(messages: JobMessages, job: Job, note: str) -> _Answer:
    text = describe(job, None, messages.say)
    text = f"{note}\n{text}" if note else text
    try:
        if job.status_message_id is not None and messages.is_picture is not None:
            await messages.edit(text)
            return _Answer(None, is_new=False)
    except BadRequest as error:
        log.info("a status message cannot be edited", job=job.id, reason=error.message)
    await messages.send_status(text)
    return _Answer(None, is_new=True)

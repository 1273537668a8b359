"""/start, /help, /style, /queue, /cancel, and the answer to what is not a picture."""

from __future__ import annotations

import dataclasses

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode

from bot.chat.commands import groups
from bot.chat.context import MessageRequest
from bot.chat.intake import drafts
from bot.chat.intake.photos import attachment
from bot.chat.intake.sources import find_styles
from bot.storage.models import Job, State


async def start(request: MessageRequest) -> None:
    """Greet a person, or a group once, and say what to do; a shared link brings a style along."""
    met = await request.stores.people.meet(request.requester if request.in_private else request.chat.id)
    reference = " ".join(request.words)
    if reference and await find_styles(request, reference) is not None:
        await request.stores.drafts.choose_style(request.address, reference)
        await drafts.settle(request)
        return
    if not request.in_private:  # `?startgroup` sends it when the bot is added, and then the group is greeted twice
        if met:
            await groups.greet(request.bot, request.services, request.chat, request.say)
        return
    link = f"https://t.me/{request.bot.username}?startgroup"  # no parameter: the welcome is enough
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(request.say("button-group"), url=link)]])
    await request.reply(request.say("start"), keyboard)


async def explain(request: MessageRequest) -> None:
    """Answer /help."""
    await request.reply(request.say("help"), parse_mode=ParseMode.HTML)


async def style(request: MessageRequest) -> None:
    """Begin anew; a name or a code chooses the style; in reply to a picture, that picture is the content."""
    reference, replied = " ".join(request.words), request.message.reply_to_message
    if reference and not await drafts.is_known_style(request, reference):
        return
    if replied is not None and (found := attachment(replied)):
        await drafts.add(request, found)
        await drafts.settle_photos(request, reference, [request])
    elif reference:
        await request.stores.drafts.choose_style(request.address, reference)
        await drafts.settle(request)
    else:
        await request.stores.drafts.discard(request.address)
        await drafts.ask(request, "draft-empty")


async def style_by_code(request: MessageRequest) -> None:
    """Take a recipe code in reply to a picture for /style with that code; any other text is no picture."""
    replied = request.message.reply_to_message
    if replied is None or attachment(replied) is None:
        await not_a_picture(request)
    else:
        await style(dataclasses.replace(request, words=(request.message.text or "",)))


async def queue(request: MessageRequest) -> None:
    """Show the user's pictures in this chat that are not finished."""
    lines = [await _queue_line(request, job) for job in await request.stores.jobs.jobs_of(request.address)]
    if await request.stores.drafts.photos(request.address):
        lines.append(request.say("queue-draft"))
    await request.reply("\n".join(lines) or request.say("queue-empty"))


async def _queue_line(request: MessageRequest, job: Job) -> str:
    if job.state is State.RUNNING:
        return request.say("queue-line-running", id=str(job.id), percent=round(job.progress * 100))
    place = await request.stores.jobs.place(job)
    line = request.say("queue-line-queued", id=str(job.id), ahead=place.ahead)
    return line if place.seconds is None else f"{line}, {request.say.range(place.seconds)}"


async def cancel(request: MessageRequest) -> None:
    """Cancel all of the user's pictures in this chat and discard the draft."""
    jobs = request.stores.jobs
    discarded = await request.stores.drafts.discard(request.address)
    cancelled = sum([await jobs.cancel(job.id) for job in await jobs.jobs_of(request.address)])
    if cancelled:
        await request.reply(request.say("cancel-done", count=cancelled))
    else:
        await request.reply(request.say("cancel-draft" if discarded else "cancel-nothing"))


async def not_a_picture(request: MessageRequest) -> None:
    """Say what is needed, in answer to anything else in a private chat."""
    await request.reply(request.say("bad-no-photo"))

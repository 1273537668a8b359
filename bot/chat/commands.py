"""The commands, the Cancel button, and what is not a picture."""

from __future__ import annotations

import structlog
from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from bot.chat import drafts
from bot.chat.context import Context, address_of, asked, words
from bot.chat.photos import attachment
from bot.chat.texts import Texts
from bot.jobs.job import Job, State

log = structlog.get_logger(__name__)


async def start(update: Update, _context: Context) -> None:
    """Greet a person and say what to do."""
    message, user = asked(update)
    await message.reply_text(words(user)("start"))


async def explain(update: Update, _context: Context) -> None:
    """Answer /help."""
    message, user = asked(update)
    await message.reply_text(words(user)("help"), parse_mode=ParseMode.HTML)


async def style(update: Update, context: Context) -> None:
    """Begin anew; as a reply to a picture, take that picture."""
    message, user = asked(update)
    services = context.services
    replied = message.reply_to_message
    found = attachment(replied) if replied else None
    if found is None:
        await services.jobs.discard_draft(address_of(message, user))
        await message.reply_text(words(user)("draft-empty"), do_quote=message.chat.type != ChatType.PRIVATE)
    elif await drafts.add(context.bot, services, message, user, found):
        await drafts.settle(context.bot, services, message, user)


async def queue(update: Update, context: Context) -> None:
    """Show the user's pictures in this chat that are not finished."""
    message, user = asked(update)
    jobs, say = context.services.jobs, words(user)
    address = address_of(message, user)
    lines = [await _queue_line(context, job, say) for job in await jobs.jobs_of(address)]
    if await jobs.draft(address):
        lines.append(say("queue-draft"))
    await message.reply_text("\n".join(lines) or say("queue-empty"))


async def _queue_line(context: Context, job: Job, say: Texts) -> str:
    if job.state is State.RUNNING:
        return say("queue-line-running", id=str(job.id), percent=round(job.progress * 100))
    place = await context.services.jobs.place(job)
    line = say("queue-line-queued", id=str(job.id), ahead=place.ahead)
    return line if place.seconds is None else f"{line}, {say.duration(place.seconds)}"


async def cancel(update: Update, context: Context) -> None:
    """Cancel all of the user's pictures in this chat and forget the draft."""
    message, user = asked(update)
    jobs, say = context.services.jobs, words(user)
    address = address_of(message, user)
    forgotten = await jobs.discard_draft(address)
    cancelled = sum([await jobs.cancel(job.id) for job in await jobs.jobs_of(address)])
    if cancelled:
        await message.reply_text(say("cancel-done", count=cancelled))
    else:
        await message.reply_text(say("cancel-draft" if forgotten else "cancel-nothing"))


def cancel_button(job: Job, say: Texts) -> InlineKeyboardMarkup:
    """Return the keyboard of a status message."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(say("button-cancel"), callback_data=f"cancel:{job.id}")]])


async def press_cancel(update: Update, context: Context) -> None:
    """Cancel the job whose button was pressed, if it is the presser's own."""
    query, say = pressed(update), words(update.effective_user)
    job = await context.services.jobs.get(int((query.data or "").split(":")[1]))
    if job is None or job.state not in (State.QUEUED, State.RUNNING):
        await answer(query, say("cancel-too-late"))
    elif job.address.user_id != query.from_user.id:
        await answer(query, say("not-yours"), alert=True)
    else:
        cancelled = await context.services.jobs.cancel(job.id)
        await answer(query, say("cancel-done", count=1) if cancelled else say("cancel-too-late"))


def pressed(update: Update) -> CallbackQuery:
    """Return the button press that an update brought."""
    if update.callback_query is None:
        raise ValueError(f"update {update.update_id} has no callback query")
    return update.callback_query


async def answer(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Answer a button press; Telegram refuses that after a while, and then nobody waits for it any more."""
    try:
        await query.answer(text, show_alert=alert)
    except BadRequest as error:
        log.info("a button press went stale", reason=error.message)


async def not_a_picture(update: Update, _context: Context) -> None:
    """Say what is needed, in answer to anything else in a private chat."""
    message, user = asked(update)
    await message.reply_text(words(user)("bad-no-photo"))

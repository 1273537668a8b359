"""The commands, and what is not a picture."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatType, ParseMode

from bot.chat.context import Context, address_of, asked
from bot.chat.i18n import Texts
from bot.chat.intake import drafts
from bot.chat.intake.photos import attachment
from bot.chat.intake.sources import styles_of
from bot.storage.models import Job, State


async def start(update: Update, context: Context) -> None:
    """Greet a person and say what to do."""
    message, user = asked(update)
    if message.chat.type == ChatType.PRIVATE:
        await context.services.chats.meet(user.id)
    reference = " ".join(context.args or ())  # of a link that somebody shared
    if reference and await styles_of(context.services, user.id, reference) is not None:
        await context.services.jobs.make_wish(address_of(message, user), reference)
        await drafts.settle(context.bot, context.services, message, user)
        return
    link = f"https://t.me/{context.bot.username}?startgroup"  # without a word to start with: the welcome is enough
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(context.say("button-group"), url=link)]])
    in_private = message.chat.type == ChatType.PRIVATE
    await message.reply_text(context.say("start"), reply_markup=keyboard if in_private else None)


async def explain(update: Update, context: Context) -> None:
    """Answer /help."""
    message, _ = asked(update)
    await message.reply_text(context.say("help"), parse_mode=ParseMode.HTML)


async def style(update: Update, context: Context) -> None:
    """Begin anew; a name or a code chooses the style; as a reply to a picture, take that picture."""
    message, user = asked(update)
    services, reference = context.services, " ".join(context.args or ())
    if reference and not await drafts.wish(context, message, user, reference):
        return
    replied = message.reply_to_message
    found = attachment(replied) if replied else None
    if found is None and not reference:
        await services.jobs.discard_draft(address_of(message, user))
        await message.reply_text(context.say("draft-empty"), do_quote=message.chat.type != ChatType.PRIVATE)
    elif found is None or await drafts.add(context.bot, services, message, user, found):
        await drafts.settle(context.bot, services, message, user)


async def style_by_code(update: Update, context: Context) -> None:
    """Take a recipe code in reply to a picture for /style with that code; any other text is answered as such."""
    message, _ = asked(update)
    if message.reply_to_message is None or attachment(message.reply_to_message) is None:
        await not_a_picture(update, context)
        return
    context.args = [message.text or ""]
    await style(update, context)


async def queue(update: Update, context: Context) -> None:
    """Show the user's pictures in this chat that are not finished."""
    message, user = asked(update)
    jobs, say = context.services.jobs, context.say
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
    return line if place.seconds is None else f"{line}, {say.range(place.seconds)}"


async def cancel(update: Update, context: Context) -> None:
    """Cancel all of the user's pictures in this chat and forget the draft."""
    message, user = asked(update)
    jobs, say = context.services.jobs, context.say
    address = address_of(message, user)
    forgotten = await jobs.discard_draft(address)
    cancelled = sum([await jobs.cancel(job.id) for job in await jobs.jobs_of(address)])
    if cancelled:
        await message.reply_text(say("cancel-done", count=cancelled))
    else:
        await message.reply_text(say("cancel-draft" if forgotten else "cancel-nothing"))


async def not_a_picture(update: Update, context: Context) -> None:
    """Say what is needed, in answer to anything else in a private chat."""
    message, _ = asked(update)
    await message.reply_text(context.say("bad-no-photo"))

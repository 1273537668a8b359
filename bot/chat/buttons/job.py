"""The buttons under the live message of a job, before there is a picture."""

from __future__ import annotations

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update

from bot.chat.access import answer, may_press, pressed
from bot.chat.buttons.repaint import order
from bot.chat.context import Context
from bot.chat.intake import enqueue
from bot.chat.keyboards import preset_rows
from bot.chat.recipe_codes import PRESET, remedied
from bot.storage.models import Job, State


async def _own(query: CallbackQuery, context: Context, too_late: str, *states: State) -> Job | None:
    """Return the job of a button whose presser may press it and whose state allows it; tell them otherwise."""
    job = await context.services.jobs.get(int((query.data or "").split(":")[1]))
    if job is None or job.state not in states:
        await answer(query, context.say(too_late), alert=True)
    elif not await may_press(query, job.address.user_id):
        await answer(query, context.say("not-yours"), alert=True)
    else:
        return job
    return None


async def cancel(update: Update, context: Context) -> None:
    """Cancel the job."""
    query = pressed(update)
    if job := await _own(query, context, "cancel-too-late", State.QUEUED, State.RUNNING):
        cancelled = await context.services.jobs.cancel(job.id)
        await answer(query, context.say("cancel-done", count=1) if cancelled else context.say("cancel-too-late"))


async def stop(update: Update, context: Context) -> None:
    """End the painting with the picture as it is."""
    query = pressed(update)
    if job := await _own(query, context, "cancel-too-late", State.RUNNING):
        stopped = await context.services.jobs.stop_here(job.id)
        await answer(query, context.say("stopping" if stopped else "cancel-too-late"))


async def swap(update: Update, context: Context) -> None:
    """Swap content and style of a job that nobody paints yet."""
    query = pressed(update)
    if job := await _own(query, context, "swap-too-late", State.QUEUED):
        swapped = len(job.sources) == 2 and await enqueue.swap(context.services, job)
        await answer(query, context.say("swapped" if swapped else "swap-too-late"))


async def remedy(update: Update, context: Context) -> None:
    """Cancel a job whose photo is long or blurred, and paint it by the recipe that does better by it."""
    query = pressed(update)
    job = await _own(query, context, "cancel-too-late", State.QUEUED, State.RUNNING)
    if job is not None and (recipe := remedied(job)) is not None:
        await context.services.jobs.cancel(job.id)
        await order(context, query, job, recipe, job.sources)


async def other(update: Update, context: Context) -> None:
    """Offer the presets in place of a style that will disappoint."""
    query = pressed(update)
    job = await _own(query, context, "result-too-old", *State)
    if job is not None and isinstance(query.message, Message):
        await answer(query)
        keyboard = InlineKeyboardMarkup(preset_rows(context.services, context.say, f"instead:{job.id}"))
        await query.message.reply_text(context.say("other"), reply_markup=keyboard, do_quote=True)


async def instead(update: Update, context: Context) -> None:
    """Cancel a job and paint its photo in the preset of the button."""
    query = pressed(update)
    name = (query.data or "").split(":")[2]
    job = await _own(query, context, "result-too-old", *State)
    if job is None:
        return
    if not job.sources or name not in context.services.presets.names:
        await answer(query, context.say("result-too-old"), alert=True)
        return
    await context.services.jobs.cancel(job.id)
    await order(context, query, job, job.recipe, (job.sources[0], f"{PRESET}{name}"))

"""The buttons under a finished picture, and what each does."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, ReplyParameters, Update
from telegram.error import BadRequest

from bot.chat import requests
from bot.chat.compositions import blends, denoised, gallery, side_by_side
from bot.chat.context import Context
from bot.chat.gate import answer, may_press, pressed
from bot.chat.keyboards import RESULT_ROWS, SHARES, blend_keyboard, preset_rows
from bot.chat.photos import Attachment, BadPictureError, attachment, fetch
from bot.chat.recipes import PRESET, bigger, recoloured, softer, stronger
from bot.chat.sources import picture
from bot.jobs.job import Job, NewJob, Recipe, State

NAMES = tuple(name for row in RESULT_ROWS for name in row)


async def press(update: Update, context: Context) -> None:
    """Do what a button under a picture says, for its requester or an administrator of the group."""
    query = pressed(update)
    _, number, action = (query.data or "").split(":")
    job, message = await context.services.jobs.get(int(number)), query.message
    if job is None or not isinstance(message, Message) or message.chat_id != job.address.chat_id:
        await answer(query, context.say("result-too-old"), alert=True)
    elif not await may_press(query, job.address.user_id):
        await answer(query, context.say("not-yours"), alert=True)
    elif action in ACTIONS:
        await ACTIONS[action](context, query, message, job)
    else:
        await _repeat(context, query, job, action)


# --- Another picture of the same photos


async def pick(update: Update, context: Context) -> None:
    """Paint the photo of a contact sheet in full, in the style of the number."""
    query = pressed(update)
    _, job_id, number = (query.data or "").split(":")
    job, message = await context.services.jobs.get(int(job_id)), query.message
    if job is None or not isinstance(message, Message) or not 0 < int(number) < len(job.sources):
        await answer(query, context.say("result-too-old"), alert=True)
    elif not await may_press(query, job.address.user_id):
        await answer(query, context.say("not-yours"), alert=True)
    else:
        recipe = await context.services.recipe_for(dataclasses.replace(job.address, user_id=query.from_user.id))
        await _order(context, query, job, recipe, (job.sources[0], job.sources[int(number)]))


async def _repeat(context: Context, query: CallbackQuery, job: Job, action: str) -> None:
    recipe = await _recipe(context, job, action, query.from_user.id)
    if recipe is None:
        await answer(query, context.say(f"no-{action}"), alert=True)
    else:
        sources = (job.sources[1], job.sources[0]) if action == "swap" else job.sources
        await _order(context, query, job, recipe, sources)


async def _order(context: Context, query: CallbackQuery, job: Job, recipe: Recipe, sources: tuple[str, ...]) -> None:
    services, say = context.services, context.say
    address = dataclasses.replace(job.address, user_id=query.from_user.id)
    waiting = [(each.recipe, each.sources) for each in await services.jobs.jobs_of(address)]
    if (recipe, sources) in waiting:  # pressed twice
        await answer(query, say("on-it"))
        return
    if sentence := await requests.refusal(services, address, say):
        await answer(query, sentence[:200], alert=True)
        return
    await answer(query, say("on-it"))
    new = NewJob(
        dedup_key=f"press:{query.id}",
        address=address,
        message_id=job.message_id,
        language=say.language,
        recipe=recipe,
        content="",
        styles=(),
        sources=sources,
    )
    try:
        await requests.repeat(context.bot, services, new)
    except BadPictureError as error:
        await context.bot.send_message(
            address.chat_id,
            say(error.name, **error.values),
            message_thread_id=address.thread_id,
            reply_parameters=ReplyParameters(job.message_id, allow_sending_without_reply=True),
        )


async def _recipe(context: Context, job: Job, action: str, user_id: int) -> Recipe | None:
    """Return the recipe that a button leads to, None if there is nothing further that way."""
    match action:
        case "stronger":
            return stronger(job)
        case "softer":
            return softer(job)
        case "bigger":
            return bigger(job)
        case "colors":
            return recoloured(job)
        case "swap":
            return job.recipe
    chosen = await context.services.recipe_for(dataclasses.replace(job.address, user_id=user_id))  # again: with today's
    return chosen if chosen != job.recipe else None


# --- More of this picture


async def _file(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the picture as a file, at full quality."""
    data = await _kept(context, job)
    if data is None:
        await answer(query, context.say("file-gone"), alert=True)
        return
    await answer(query)
    await context.bot.send_document(
        message.chat_id,
        data,
        filename=f"vitrage-{job.id}.jpg",
        message_thread_id=job.address.thread_id,
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
    )


async def _compare(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the photo and the picture side by side."""
    await answer(query)
    if both := await _both(context, message, job):
        await _send(context, message, job, await side_by_side(*both), caption=context.say("compared"))


async def _strip(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the photo blended with the picture, weaker to stronger; a button sends one of them in full."""
    await answer(query)
    if both := await _both(context, message, job):
        sheet = await gallery(await blends(*both, SHARES))
        await _send(context, message, job, sheet, caption=context.say("strip"), reply_markup=blend_keyboard(job))


async def _denoise(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Send the picture without its grain."""
    await answer(query)
    if both := await _both(context, message, job):
        await _send(context, message, job, await denoised(both[1]), caption=context.say("denoised"))


async def blend(update: Update, context: Context) -> None:
    """Send the mixture whose share was pressed under a strength strip."""
    query = pressed(update)
    _, job_id, share = (query.data or "").split(":")
    job, message = await context.services.jobs.get(int(job_id)), query.message
    kept = await _kept(context, job) if job else None
    if job is None or kept is None or not isinstance(message, Message) or message.chat_id != job.address.chat_id:
        await answer(query, context.say("file-gone"), alert=True)
        return
    if not await may_press(query, job.address.user_id):
        await answer(query, context.say("not-yours"), alert=True)
        return
    await answer(query)
    if both := await _both(context, message, job):
        [mixed] = await blends(both[0], kept, [int(share)])
        await _send(context, message, job, mixed, caption=f"{share} %")


async def _both(context: Context, message: Message, job: Job) -> tuple[bytes, bytes] | None:
    """Return the photo and the picture; tell the user and return None if they cannot be had any more."""
    shown = attachment(message)
    try:
        before = await picture(context.bot, context.services, job.sources[0])
        return before, await _kept(context, job) or await fetch(context.bot, shown or Attachment("", 0))
    except BadPictureError as error:
        await message.reply_text(context.say(error.name, **error.values), do_quote=True)
        return None


async def _send(context: Context, message: Message, job: Job, data: bytes, **more: Any) -> None:
    reply = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    await context.bot.send_photo(
        message.chat_id, data, message_thread_id=job.address.thread_id, reply_parameters=reply, **more
    )


async def _delete(context: Context, query: CallbackQuery, message: Message, job: Job) -> None:
    """Take the picture out of the chat and off our disk."""
    await context.services.jobs.drop_kept(job.id)
    try:
        await message.delete()
        await answer(query, context.say("deleted"))
    except BadRequest:  # Telegram lets a bot delete its messages for 48 hours
        await answer(query, context.say("delete-too-old"), alert=True)


async def _kept(context: Context, job: Job) -> bytes | None:
    kept = await context.services.jobs.kept(job.id)
    try:
        return await context.services.blobs.get(kept.picture) if kept else None
    except KeyError:
        return None


Action = Callable[[Context, CallbackQuery, Message, Job], Awaitable[None]]

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {"file": _file, "compare": _compare, "delete": _delete, "strip": _strip, "denoise": _denoise}
)


# --- Before there is a result


async def swap_queued(update: Update, context: Context) -> None:
    """Swap content and style of a job that nobody paints yet."""
    query, say = pressed(update), context.say
    job = await context.services.jobs.get(int((query.data or "").split(":")[1]))
    if job is None or job.state is not State.QUEUED or len(job.sources) != 2:
        await answer(query, say("swap-too-late"), alert=True)
    elif not await may_press(query, job.address.user_id):
        await answer(query, say("not-yours"), alert=True)
    else:
        swapped = await requests.swap(context.services, job)
        await answer(query, say("swapped" if swapped else "swap-too-late"))


async def other(update: Update, context: Context) -> None:
    """Offer the presets in place of a style that will disappoint."""
    query, say = pressed(update), context.say
    job, message = await context.services.jobs.get(int((query.data or "").split(":")[1])), query.message
    if job is None or not isinstance(message, Message):
        await answer(query, say("result-too-old"), alert=True)
    elif not await may_press(query, job.address.user_id):
        await answer(query, say("not-yours"), alert=True)
    else:
        await answer(query)
        keyboard = InlineKeyboardMarkup(preset_rows(context.services, say, f"instead:{job.id}"))
        await message.reply_text(say("other"), reply_markup=keyboard, do_quote=True)


async def instead(update: Update, context: Context) -> None:
    """Cancel a job and paint its photo in the preset of the button."""
    query = pressed(update)
    _, job_id, name = (query.data or "").split(":")
    job = await context.services.jobs.get(int(job_id))
    if job is None or not job.sources or name not in context.services.presets.names:
        await answer(query, context.say("result-too-old"), alert=True)
    elif not await may_press(query, job.address.user_id):
        await answer(query, context.say("not-yours"), alert=True)
    else:
        await context.services.jobs.cancel(job.id)
        await _order(context, query, job, job.recipe, (job.sources[0], f"{PRESET}{name}"))

"""The buttons under a finished picture that lead to another one, painted by another recipe."""

from __future__ import annotations

import dataclasses

from telegram import CallbackQuery, Message, ReplyParameters, Update

from bot.chat.access import answer, may_press, pressed
from bot.chat.buttons import region
from bot.chat.buttons.result_extras import ACTIONS, kept_picture, shown_picture
from bot.chat.context import Context
from bot.chat.intake import enqueue
from bot.chat.intake.photos import BadPictureError
from bot.chat.keyboards import RESULT_ROWS
from bot.chat.recipe_codes import again, bigger, recoloured, softer, stronger
from bot.storage.models import Job, NewJob, Recipe

NAMES = tuple(name for row in RESULT_ROWS for name in row)
GOING_ON = ("stronger", "softer", "bigger")  # from the picture that is there; other colours or photos begin anew


async def press(update: Update, context: Context) -> None:
    """Do what a button under a picture says, for its requester or an administrator of the group."""
    query = pressed(update)
    _, number, action = (query.data or "").split(":")
    job, message = await context.services.jobs.get(int(number)), query.message
    if job is None or not isinstance(message, Message) or message.chat_id != job.address.chat_id:
        await answer(query, context.say("result-too-old"), alert=True)
    elif not await may_press(query, job.address.user_id):
        await answer(query, context.say("not-yours"), alert=True)
    elif action == "part":
        await region.ask(context, query, message, job)
    elif action in ACTIONS:
        await ACTIONS[action](context, query, message, job)
    else:
        await _repeat(context, query, message, job, action)


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
        await order(context, query, job, recipe, (job.sources[0], job.sources[int(number)]))


async def _repeat(context: Context, query: CallbackQuery, message: Message, job: Job, action: str) -> None:
    recipe = await _recipe(context, job, action, query.from_user.id)
    if recipe is None:
        await answer(query, context.say(f"no-{action}"), alert=True)
    elif action in GOING_ON:
        start = await _start(context, message, job)
        await order(context, query, job, recipe, job.sources, start=start, said="going-on" if start else "going-anew")
    else:
        sources = (job.sources[1], job.sources[0]) if action == "swap" else job.sources
        await order(context, query, job, recipe, sources)


async def order(
    context: Context,
    query: CallbackQuery,
    job: Job,
    recipe: Recipe,
    sources: tuple[str, ...],
    *,
    start: bytes | None = None,
    said: str = "on-it",
) -> None:
    """Have a job's pictures painted by a recipe, or others in their place, and answer the press that asked for it."""
    services, say = context.services, context.say
    address = dataclasses.replace(job.address, user_id=query.from_user.id)
    marked = job.marked if sources[:1] == job.sources[:1] else ""  # another photo has other parts
    waiting = [(each.recipe, each.sources, each.marked) for each in await services.jobs.jobs_of(address)]
    if (recipe, sources, marked) in waiting:  # pressed twice
        await answer(query, say(said))
        return
    if sentence := await enqueue.refusal(services, address, say):
        await answer(query, sentence[:200], alert=True)
        return
    await answer(query, say(said))
    new = NewJob(
        dedup_key=f"press:{query.id}",
        address=address,
        message_id=job.message_id,
        language=say.language,
        recipe=recipe,
        content="",
        styles=(),
        sources=sources,
        marked=marked,
        spoiler=job.spoiler,
    )
    await _enqueue(context, new, start)


async def _enqueue(context: Context, new: NewJob, start: bytes | None) -> None:
    """Queue a job, or tell why one of its pictures cannot be used any more."""
    try:
        await enqueue.repeat(context.bot, context.services, new, start)
    except BadPictureError as error:
        await context.bot.send_message(
            new.address.chat_id,
            context.say(error.name, **error.values),
            message_thread_id=new.address.thread_id,
            reply_parameters=ReplyParameters(new.message_id, allow_sending_without_reply=True),
        )


async def _start(context: Context, message: Message, job: Job) -> bytes | None:
    """Return the picture to go on from: ours for a day, then Telegram's copy; None if both are gone."""
    try:
        return await kept_picture(context, job) or await shown_picture(context, message)
    except BadPictureError:
        return None


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
    return again(job, await context.services.recipe_for(dataclasses.replace(job.address, user_id=user_id)))

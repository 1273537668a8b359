"""The buttons under a finished picture; here are those that lead to another one, painted by another recipe."""

from __future__ import annotations

import dataclasses

from bot.chat import callbacks
from bot.chat.access import answer, may_act
from bot.chat.buttons import region
from bot.chat.buttons.result_extras import EXTRAS, kept_picture, shown_picture
from bot.chat.callbacks import Action
from bot.chat.context import Press
from bot.chat.errors import BadPictureError
from bot.chat.intake.enqueue import Repaint, repaint
from bot.chat.intake.quotas import refusal
from bot.chat.recipe_changes import again, bigger, recoloured, softer, stronger
from bot.storage.models import NO_SOURCE, Job, Recipe, Source

CONTINUED = ("stronger", "softer", "bigger")  # from the picture that is there; other colours or photos begin anew


async def press(press: Press, data: callbacks.DoWithResult) -> None:
    """Do what a button under a picture says, for its requester or an administrator of the group."""
    job = await press.stores.jobs.get(data.job)
    if job is None or press.message is None or press.chat.id != job.address.chat_id:
        await answer(press.query, press.say("result-too-old"), alert=True)
    elif not await may_act(press, job.address.user_id):
        await answer(press.query, press.say("not-yours"), alert=True)
    elif data.action == "part":
        await region.ask(press, job)
    elif data.action in EXTRAS:
        await EXTRAS[data.action](press, job)
    else:
        await _repaint(press, job, data.action)


async def pick(press: Press, data: callbacks.Pick) -> None:
    """Paint the photo of a contact sheet in full, in the style of the number."""
    job = await press.stores.jobs.get(data.job)
    if job is None or press.message is None or not 0 < data.number < len(job.sources):
        await answer(press.query, press.say("result-too-old"), alert=True)
    elif not await may_act(press, job.address.user_id):
        await answer(press.query, press.say("not-yours"), alert=True)
    else:
        await paint_again(press, job, press.recipe, (job.sources[0], job.sources[data.number]))


async def _repaint(press: Press, job: Job, action: Action) -> None:
    recipe = _recipe_for(press, job, action)
    if recipe is None:
        await answer(press.query, press.say(f"no-{action}"), alert=True)
    elif action in CONTINUED:
        start = await _picture_to_continue(press, job)
        said = "going-on" if start else "going-anew"
        await paint_again(press, job, recipe, job.sources, start=start, said=said)
    else:
        sources = (job.sources[1], job.sources[0]) if action == "swap" else job.sources
        await paint_again(press, job, recipe, sources)


def _recipe_for(press: Press, job: Job, action: Action) -> Recipe | None:
    """Return the recipe to which a button leads, None if there is nothing further that way."""
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
    return again(job, press.recipe)


async def _picture_to_continue(press: Press, job: Job) -> bytes | None:
    """Return the picture from our disk, which keeps it for a day, then from Telegram; None if both are gone."""
    try:
        return await kept_picture(press, job) or await shown_picture(press)
    except BadPictureError:
        return None


async def paint_again(
    press: Press,
    job: Job,
    recipe: Recipe,
    sources: tuple[Source, ...],
    *,
    start: bytes | None = None,
    said: str = "on-it",
) -> None:
    """Queue a job's pictures, or others in their place, and answer the press.

    Args:
        press: What asks for it.
        job: Whose chat, topic and message the new job answers.
        recipe: How they are painted.
        sources: The content's, then the styles'.
        start: A picture to continue from.
        said: The name of the message that answers the press.

    Raises:
        BadPictureError: a picture cannot be fetched any more.
    """
    address = dataclasses.replace(job.address, user_id=press.user.id)
    marked = job.marked if sources[:1] == job.sources[:1] else NO_SOURCE  # a region belongs to its content
    waiting = [(each.recipe, each.sources, each.marked) for each in await press.stores.jobs.jobs_of(address)]
    if (recipe, sources, marked) in waiting:  # pressed twice
        await answer(press.query, press.say(said))
        return
    if sentence := await refusal(press, address):
        await answer(press.query, sentence[:200], alert=True)
        return
    await answer(press.query, press.say(said))
    wanted = Repaint(
        dedup_key=f"press:{press.query.id}",
        address=address,
        message_id=job.message_id,
        recipe=recipe,
        sources=sources,
        start=start,
        marked=marked,
        spoiler=job.spoiler,
    )
    await repaint(press, wanted)

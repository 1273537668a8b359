"""The buttons under a finished picture; here are those that lead to another one, painted by another recipe."""

from __future__ import annotations

import dataclasses

from bot.chat import callbacks
from bot.chat.access import answer, job_of_chat, why_not
from bot.chat.buttons import region
from bot.chat.buttons.result_extras import EXTRAS, kept_picture, picture_at_telegram, shown_picture
from bot.chat.callbacks import Action
from bot.chat.context import Press
from bot.chat.errors import BadPictureError
from bot.chat.intake.enqueue import Repaint, repaint
from bot.chat.intake.quotas import refusal
from bot.chat.keyboards import result_keyboard
from bot.chat.recipe_changes import again, bigger, recoloured, softer, stronger
from bot.storage.models import NO_SOURCE, Address, Job, Recipe, Source

CONTINUED = ("stronger", "softer", "bigger")  # from the picture that is there; other colours or photos begin anew


async def press(press: Press, data: callbacks.DoWithResult) -> None:
    """Do what a button under a picture says, for its requester or an administrator of the group."""
    job = await job_of_chat(press, data.job)
    if job is not None and press.message is None:  # its topic is not told
        press = dataclasses.replace(press, thread_id=job.address.thread_id)
    if job is None:
        await answer(press.query, press.say("result-too-old"), alert=True)
    elif sentence := await why_not(press, job.address.user_id):
        await answer(press.query, press.say(sentence), alert=True)
    elif data.action == "part":
        await region.ask(press, job)
    elif data.action in EXTRAS:
        await EXTRAS[data.action](press, job)
    else:
        await _repaint(press, job, data.action)


async def show_buttons(press: Press, data: callbacks.ShowButtons) -> None:
    """Show the other page of the buttons under a picture."""
    job = await job_of_chat(press, data.job)
    if job is None:
        await answer(press.query, press.say("result-too-old"), alert=True)
    elif sentence := await why_not(press, job.address.user_id):
        await answer(press.query, press.say(sentence), alert=True)
    else:
        await answer(press.query)
        await press.edit_buttons(result_keyboard(job, press.say, data.page))


async def pick(press: Press, data: callbacks.Pick) -> None:
    """Paint the photo of a contact sheet in full, in the style of the number."""
    job = await job_of_chat(press, data.job)
    if job is None or not 0 < data.number < len(job.sources):
        await answer(press.query, press.say("result-too-old"), alert=True)
    elif sentence := await why_not(press, job.address.user_id):
        await answer(press.query, press.say(sentence), alert=True)
    else:
        await paint_again(press, job, press.recipe, (job.sources[0], job.sources[data.number]))


async def _repaint(press: Press, job: Job, action: Action) -> None:
    recipe = _recipe_for(press, job, action)
    if recipe is None:
        await answer(press.query, press.say(f"no-{action}"), alert=True)
    elif action in CONTINUED:
        known = picture_at_telegram(press, job) or await press.stores.deliveries.kept_result(job.id)
        said = "going-on" if known else "going-anew"
        await paint_again(press, job, recipe, job.sources, continued=True, said=said)
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
    painted_better = job.report.get("weights") == "builtin" and press.services.painter().weights not in ("", "builtin")
    return again(job, press.recipe, painted_better=painted_better)


async def _picture_to_continue(press: Press, job: Job) -> bytes | None:
    """Return the picture from our disk, which keeps it for a day, then from Telegram; None if both are gone."""
    try:
        return await kept_picture(press, job) or await shown_picture(press, job)
    except BadPictureError:
        return None


async def paint_again(
    press: Press, job: Job, recipe: Recipe, sources: tuple[Source, ...], *, continued: bool = False, said: str = "on-it"
) -> None:
    """Answer the press, then queue a job's pictures, or others in their place.

    Args:
        press: What asks for it.
        job: Whose chat, topic and message the new job answers.
        recipe: How it is painted.
        sources: The content's, then the styles'.
        continued: Whether to continue from the job's picture, if it can be had.
        said: The name of the message that answers the press.

    Raises:
        BadPictureError: A picture cannot be fetched any more.
    """
    address = dataclasses.replace(job.address, user_id=press.requester)
    marked = job.marked if sources[:1] == job.sources[:1] else NO_SOURCE  # a region belongs to its content
    wish = recipe, sources, marked
    if not await _is_waiting(press, address, wish) and (sentence := await refusal(press, address)):
        await answer(press.query, sentence[:200], alert=True)
        return
    await answer(press.query, press.say(said))
    if await _is_waiting(press, address, wish):  # pressed twice
        return
    if sentence := await refusal(press, address):  # other presses came first
        await press.reply(sentence, quote=True)
        return
    start = await _picture_to_continue(press, job) if continued else None
    if continued and start is None and said != "going-anew":  # the answer to the press promised otherwise
        await press.reply(press.say("going-anew"), quote=True)
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


async def _is_waiting(press: Press, address: Address, wish: tuple[Recipe, tuple[Source, ...], Source]) -> bool:
    """Return whether the same picture is queued or being painted: recipe, sources and marked copy."""
    return wish in [(each.recipe, each.sources, each.marked) for each in await press.stores.jobs.jobs_of(address)]

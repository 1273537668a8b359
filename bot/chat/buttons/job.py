"""The buttons under the status message of a job, before there is a picture."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup

from bot.chat import callbacks
from bot.chat.access import answer, job_of_chat, why_not
from bot.chat.buttons.repaint import paint_again
from bot.chat.context import Press
from bot.chat.keyboards import preset_rows
from bot.chat.recipe_changes import remedied
from bot.chat.recipe_codes import PRESET, reference_of
from bot.storage.models import Job, Source, State


async def _job_for(press: Press, job_id: int, too_late: str, *states: State) -> Job | None:
    """Return a job of this chat that the user may act on, in one of these states; otherwise say why not."""
    job = await job_of_chat(press, job_id)
    if job is None or job.state not in states:
        await answer(press.query, press.say(too_late), alert=True)
        if job is None or press.message_id not in (job.status_message_id, job.picture and job.picture.message_id):
            await press.edit_buttons(None)  # a status message that was sent twice over a line that broke
    elif sentence := await why_not(press, job.address.user_id):
        await answer(press.query, press.say(sentence), alert=True)
    else:
        return job
    return None


async def cancel(press: Press, data: callbacks.Cancel) -> None:
    """Cancel the job."""
    if job := await _job_for(press, data.job, "cancel-too-late", State.QUEUED, State.RUNNING):
        cancelled = await press.stores.jobs.cancel(job.id)
        await answer(press.query, press.say("cancel-done", count=1) if cancelled else press.say("cancel-too-late"))


async def stop(press: Press, data: callbacks.Stop) -> None:
    """Finish painting with the picture as it is."""
    if job := await _job_for(press, data.job, "cancel-too-late", State.RUNNING):
        stopped = await press.stores.jobs.stop_here(job.id)
        await answer(press.query, press.say("stopping" if stopped else "cancel-too-late"))


async def swap(press: Press, data: callbacks.Swap) -> None:
    """Swap content and style of a job that no worker has claimed."""
    if job := await _job_for(press, data.job, "swap-too-late", State.QUEUED):
        swapped = len(job.sources) == 2 and await press.stores.jobs.swap(job.id, reference_of(job.sources[:1]))
        await answer(press.query, press.say("swapped" if swapped else "swap-too-late"))


async def remedy(press: Press, data: callbacks.Remedy) -> None:
    """Cancel a job whose photo is long or blurred, and paint it by the recipe that suits it better."""
    job = await _job_for(press, data.job, "cancel-too-late", State.QUEUED, State.RUNNING)
    if job is not None and (recipe := remedied(job)) is not None:
        await press.stores.jobs.cancel(job.id)
        await paint_again(press, job, recipe, job.sources)


async def other(press: Press, data: callbacks.OtherStyle) -> None:
    """Offer the presets in place of a style that will disappoint."""
    if job := await _job_for(press, data.job, "result-too-old", *State):
        await answer(press.query)
        instead = {name: callbacks.UseInstead(job.id, name) for name in press.services.presets.names}
        keyboard = InlineKeyboardMarkup(preset_rows(press.services, press.say, instead))
        await press.reply(press.say("other"), keyboard, quote=True)


async def instead(press: Press, data: callbacks.UseInstead) -> None:
    """Cancel a job and paint its photo in the preset of the button."""
    job = await _job_for(press, data.job, "result-too-old", *State)
    if job is None:
        return
    if not job.sources or data.preset not in press.services.presets.names:
        await answer(press.query, press.say("result-too-old"), alert=True)
        return
    await press.stores.jobs.cancel(job.id)
    await paint_again(press, job, job.recipe, (job.sources[0], Source(f"{PRESET}{data.preset}")))

"""The button under the question for the second photo."""

from __future__ import annotations

from bot.chat import callbacks
from bot.chat.access import answer
from bot.chat.context import Press
from bot.chat.keyboards import draft_keyboard


async def swap(press: Press, _: callbacks.SwapDraft) -> None:
    """Make the photo of the draft the style, or the content again, and ask for the other."""
    drafts = press.stores.drafts
    if len(await drafts.photos(press.address)) != 1:
        await answer(press.query, press.say("draft-gone"), alert=True)
        return
    await answer(press.query)
    await drafts.swap(press.address)
    photos = await drafts.photos(press.address)
    if len(photos) != 1:  # a job took it while this waited for its turn
        return
    text = press.say("draft-style" if photos[0].is_style else "draft-content")
    keyboard = draft_keyboard(press.services, press.say, has_style=photos[0].is_style)
    await press.edit(text, keyboard)

"""Presets: a gallery, one tap instead of a second photo, and a contact sheet of the user's photo in all of them."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup

from bot.chat import callbacks
from bot.chat.access import answer, for_asker
from bot.chat.context import MessageRequest, Press
from bot.chat.images import edits
from bot.chat.images.decoding import in_child
from bot.chat.intake import drafts
from bot.chat.intake.quotas import refusal
from bot.chat.keyboards import preset_rows
from bot.chat.recipe_codes import PRESET
from bot.storage.models import NewJob, Recipe, Source

MAX_CAPTION = 1024  # Bot API, sendPhoto: characters of a caption
SHEET = Recipe("sketch", 192)  # of each picture on a contact sheet


async def show(request: MessageRequest) -> None:
    """Answer /presets: all of them in one numbered picture."""
    services, say = request.services, request.say
    pictures = [await services.presets.picture(name) for name in services.presets.names]
    rows = preset_rows(services, say, {name: callbacks.UsePreset(name) for name in services.presets.names})
    own = await request.stores.styles.names(request.requester)
    caption = f"{say('presets')}\n{say('presets-own', names=', '.join(own))}" if own else say("presets")
    await request.message.reply_photo(
        await in_child(edits.gallery, pictures),
        caption=caption[:MAX_CAPTION],
        reply_markup=InlineKeyboardMarkup(rows),
        show_caption_above_media=True,
    )


async def use(press: Press, data: callbacks.UsePreset) -> None:
    """Choose the preset for the presser's draft, or that of the chat in whose name they asked for the gallery.

    It makes a job, or asks for the photo.
    """
    if data.preset not in press.services.presets.names:
        await answer(press.query, press.say("source-gone"), alert=True)
        return
    press = await for_asker(press)
    await press.stores.drafts.choose_style(press.address, data.preset)
    await answer(press.query, press.services.title(data.preset, press.say))
    await drafts.settle(press)


async def sheet(press: Press, _: callbacks.PaintSheet) -> None:
    """Paint the draft's photo small in every preset, on one contact sheet."""
    photos = await press.stores.drafts.photos(press.address)
    if len(photos) != 1:
        await answer(press.query, press.say("draft-gone"), alert=True)
        return
    if sentence := await refusal(press):
        await answer(press.query, sentence[:200], alert=True)
        return
    await answer(press.query, press.say("on-it"))
    [photo], presets, blobs = photos, press.services.presets, press.stores.blobs
    await press.stores.jobs.enqueue(
        NewJob(
            dedup_key=f"press:{press.query.id}",
            address=press.address,
            message_id=photo.message_id,
            language=press.say.language,
            recipe=SHEET,
            kind="sheet",
            content=photo.blob,
            styles=tuple([await blobs.put(await presets.picture(name)) for name in presets.names]),
            sources=(photo.source, *(Source(f"{PRESET}{name}") for name in presets.names)),
            photos=(photo.id,),
            output=press.output,
            spoiler=photo.spoiler,
        )
    )

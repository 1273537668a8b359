"""Presets: a gallery, one tap instead of a second photo, and a contact sheet of the user's photo in all of them."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup, Update

from bot.chat.access import answer, pressed
from bot.chat.context import Context, address_of, asked
from bot.chat.images.edits import gallery
from bot.chat.intake import drafts, enqueue
from bot.chat.keyboards import preset_rows
from bot.chat.recipe_codes import PRESET
from bot.storage.models import NewJob, Recipe

MAX_CAPTION = 1024  # characters that Telegram allows
SHEET = Recipe("sketch", 192)  # of each picture on a contact sheet


async def show(update: Update, context: Context) -> None:
    """Answer /presets: all of them in one numbered picture."""
    message, user = asked(update)
    services, say = context.services, context.say
    sheet = await gallery([await services.presets.picture(name) for name in services.presets.names])
    keyboard = InlineKeyboardMarkup(preset_rows(services, say))
    own = await services.chats.style_names(user.id)
    caption = f"{say('presets')}\n{say('presets-own', names=', '.join(own))}" if own else say("presets")
    await message.reply_photo(
        sheet, caption=caption[:MAX_CAPTION], reply_markup=keyboard, show_caption_above_media=True
    )


async def use(update: Update, context: Context) -> None:
    """Give the presser's draft the preset of the button: it makes a job, or asks for the photo."""
    query = pressed(update)
    message, user = asked(update)
    name = (query.data or "").removeprefix("use:")
    if name not in context.services.presets.names:
        await answer(query, context.say("source-gone"), alert=True)
        return
    await context.services.jobs.make_wish(address_of(message, user), name)
    await answer(query, context.services.title(name, context.say))
    await drafts.settle(context.bot, context.services, message, user)


async def sheet(update: Update, context: Context) -> None:
    """Paint the draft's photo small in every preset, on one sheet."""
    query, services = pressed(update), context.services
    message, user = asked(update)
    address = address_of(message, user)
    draft = await services.jobs.draft(address)
    if len(draft) != 1:
        await answer(query, context.say("draft-gone"), alert=True)
        return
    if sentence := await enqueue.refusal(services, address, context.say):
        await answer(query, sentence[:200], alert=True)
        return
    await answer(query, context.say("on-it"))
    [photo], names = draft, services.presets.names
    await enqueue.place(
        services,
        NewJob(
            dedup_key=f"press:{query.id}",
            address=address,
            message_id=photo.message_id,
            language=context.say.language,
            recipe=SHEET,
            content=photo.blob,
            styles=tuple([await services.blobs.put(await services.presets.picture(name)) for name in names]),
            photos=(photo.id,),
            sources=(photo.source, *(f"{PRESET}{name}" for name in names)),
            kind="sheet",
            spoiler=photo.spoiler,
        ),
    )

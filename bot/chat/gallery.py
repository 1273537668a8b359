"""Presets: a gallery with previews, and one tap instead of a second photo."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup, Update

from bot.chat import drafts
from bot.chat.compositions import gallery
from bot.chat.context import Context, address_of, asked
from bot.chat.gate import answer, pressed
from bot.chat.keyboards import preset_rows


async def show(update: Update, context: Context) -> None:
    """Answer /presets: all of them in one numbered picture."""
    message, _ = asked(update)
    services, say = context.services, context.say
    sheet = await gallery([await services.presets.picture(name) for name in services.presets.names])
    keyboard = InlineKeyboardMarkup(preset_rows(services, say))
    await message.reply_photo(sheet, caption=say("presets"), reply_markup=keyboard)


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

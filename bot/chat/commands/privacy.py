"""/privacy, /forget, /language: what is known of a person, and how to be spoken to."""

from __future__ import annotations

import dataclasses

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode

from bot.chat.access import answer, pressed
from bot.chat.context import Context, asked
from bot.chat.i18n import LANGUAGES, Texts, texts


async def privacy(update: Update, context: Context) -> None:
    """Answer /privacy."""
    message, _ = asked(update)
    await message.reply_text(context.say("privacy"), parse_mode=ParseMode.HTML)


async def forget(update: Update, context: Context) -> None:
    """Ask whether /forget is meant: it cannot be undone."""
    message, user = asked(update)
    yes = InlineKeyboardButton(context.say("button-forget"), callback_data=f"forget:{user.id}")
    no = InlineKeyboardButton(context.say("button-keep"), callback_data=f"keep:{user.id}")
    await message.reply_text(context.say("forget"), reply_markup=InlineKeyboardMarkup([[yes, no]]))


async def decide(update: Update, context: Context) -> None:
    """Forget a person, or not."""
    query, say = pressed(update), context.say
    decision, owner = (query.data or "").split(":")
    if int(owner) != query.from_user.id:
        await answer(query, say("not-yours"), alert=True)
        return
    if decision == "forget":
        await context.services.chats.forget(query.from_user.id)
    await answer(query)
    await query.edit_message_text(say("forgotten" if decision == "forget" else "not-forgotten"))


async def language(update: Update, context: Context) -> None:
    """Answer /language."""
    message, user = asked(update)
    await message.reply_text(context.say("language"), reply_markup=_languages(user.id))


async def choose_language(update: Update, context: Context) -> None:
    """Speak the language on the button from now on."""
    query, chats = pressed(update), context.services.chats
    _, owner, chosen = (query.data or "").split(":")
    if int(owner) != query.from_user.id:
        await answer(query, context.say("not-yours"), alert=True)
        return
    before = await chats.preference(query.from_user.id)
    await chats.save_preference(query.from_user.id, dataclasses.replace(before, language=chosen))
    say: Texts = texts(chosen)
    await answer(query, say("settings-saved"))
    await query.edit_message_text(say("language-chosen"))


def _languages(owner: int) -> InlineKeyboardMarkup:
    """Return a button for each language, called as its speakers call it."""
    row = [
        InlineKeyboardButton(texts(code)("language-name"), callback_data=f"lang:{owner}:{code}") for code in LANGUAGES
    ]
    return InlineKeyboardMarkup([row])

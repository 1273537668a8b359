"""/privacy, /forget, /language: what is known of a person, and in which language they are answered."""

from __future__ import annotations

import dataclasses

from telegram import InlineKeyboardMarkup
from telegram.constants import ParseMode

from bot.chat import callbacks
from bot.chat.access import answer
from bot.chat.context import MessageRequest, Press
from bot.chat.i18n import LANGUAGES, texts
from bot.chat.keyboards import button


async def privacy(request: MessageRequest) -> None:
    """Answer /privacy."""
    await request.reply(request.say("privacy"), parse_mode=ParseMode.HTML)


async def forget(request: MessageRequest) -> None:
    """Ask whether /forget is meant: it cannot be undone."""
    yes = button(request.say("button-forget"), callbacks.Forget(request.user.id))
    no = button(request.say("button-keep"), callbacks.Keep(request.user.id))
    await request.reply(request.say("forget"), InlineKeyboardMarkup([[yes, no]]))


async def delete(press: Press, data: callbacks.Forget) -> None:
    """Delete everything of a person."""
    if await _is_own(press, data.user):
        await press.stores.people.forget(press.user.id)
        await answer(press.query)
        await press.query.edit_message_text(press.say("forgotten"))


async def keep(press: Press, data: callbacks.Keep) -> None:
    """Delete nothing."""
    if await _is_own(press, data.user):
        await answer(press.query)
        await press.query.edit_message_text(press.say("not-forgotten"))


async def _is_own(press: Press, user_id: int) -> bool:
    """Return whether a button is for the user who pressed it; tell them if it is not."""
    if user_id != press.user.id:
        await answer(press.query, press.say("not-yours"), alert=True)
    return user_id == press.user.id


async def language(request: MessageRequest) -> None:
    """Answer /language: a button for each language, with the name that its speakers give it."""
    row = [button(texts(code)("language-name"), callbacks.ChooseLanguage(request.user.id, code)) for code in LANGUAGES]
    await request.reply(request.say("language"), InlineKeyboardMarkup([row]))


async def choose_language(press: Press, data: callbacks.ChooseLanguage) -> None:
    """Answer in the language of the button from now on."""
    if await _is_own(press, data.user):
        settings, say = press.stores.settings, texts(data.language)
        before = await settings.preference(press.user.id)
        await settings.save_preference(press.user.id, dataclasses.replace(before, language=data.language))
        await answer(press.query, say("settings-saved"))
        await press.query.edit_message_text(say("language-chosen"))

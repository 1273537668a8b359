"""/privacy, /forget, /language: what is known of a person, and in which language they are answered."""

from __future__ import annotations

import dataclasses

from telegram import InlineKeyboardMarkup
from telegram.constants import ParseMode

from bot.chat import callbacks
from bot.chat.access import answer, why_not
from bot.chat.commands import vote
from bot.chat.context import MessageRequest, Press
from bot.chat.i18n import LANGUAGES, texts
from bot.chat.keyboards import button


async def privacy(request: MessageRequest) -> None:
    """Answer /privacy."""
    await request.reply(request.say("privacy"), parse_mode=ParseMode.HTML)


async def forget(request: MessageRequest) -> None:
    """Ask whether /forget is meant: it cannot be undone."""
    yes = button(request.say("button-forget"), callbacks.Forget(request.requester))
    no = button(request.say("button-keep"), callbacks.Keep(request.requester))
    await request.reply(request.say("forget"), InlineKeyboardMarkup([[yes, no]]))


async def delete(press: Press, data: callbacks.Forget) -> None:
    """Delete everything of a requester."""
    if await _may_press(press, data.user):
        await vote.forget(press.services, data.user)
        await press.stores.people.forget(data.user)
        await answer(press.query)
        await press.edit(press.say("forgotten"))


async def keep(press: Press, data: callbacks.Keep) -> None:
    """Delete nothing."""
    if await _may_press(press, data.user):
        await answer(press.query)
        await press.edit(press.say("not-forgotten"))


async def _may_press(press: Press, requester: int) -> bool:
    """Return whether the user may press a button of a requester: a person's own is nobody else's. Tell them if not.

    What a button carries can be made up. So a channel's is its group's administrators' only under its own message.
    """
    if requester == press.requester:
        return True
    asked = press.message.reply_to_message if press.message else None
    asker = asked.sender_chat.id if asked and asked.sender_chat else press.chat.id
    sentence = await why_not(press, requester) if requester < 0 and requester in (asker, press.chat.id) else "not-yours"
    if sentence is not None:
        await answer(press.query, press.say(sentence), alert=True)
    return sentence is None


async def language(request: MessageRequest) -> None:
    """Answer /language: a button for each language, with the name that its speakers give it."""
    row = [
        button(texts(code)("language-name"), callbacks.ChooseLanguage(request.requester, code)) for code in LANGUAGES
    ]
    await request.reply(request.say("language"), InlineKeyboardMarkup([row]))


async def choose_language(press: Press, data: callbacks.ChooseLanguage) -> None:
    """Answer in the language of the button from now on."""
    if await _may_press(press, data.user):
        settings, say = press.stores.settings, texts(data.language)
        before = await settings.preference(data.user)
        await settings.save_preference(data.user, dataclasses.replace(before, language=data.language))
        await answer(press.query, say("settings-saved"))
        await press.edit(say("language-chosen"))

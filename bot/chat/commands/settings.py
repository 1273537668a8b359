"""/settings: a list of present values, each of which opens its choices; in a group, for its administrators."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from telegram import InlineKeyboardMarkup
from telegram.constants import ParseMode

from bot.chat.access import answer, why_no_administrator
from bot.chat.callbacks import Choose, OpenSetting, Setting, ShowSettings
from bot.chat.context import MessageRequest, Press, Request
from bot.chat.i18n import LANGUAGES, Texts, texts
from bot.chat.keyboards import DANGER, PRIMARY, button
from bot.storage.models import Colors, Output, Preference, Quality, Recipe

SIZES: tuple[int | None, ...] = (None, 256, 512, 768, 1024)
STRENGTHS = (20, 40, 60, 80, 100)
CHOICES: Mapping[Setting, tuple[str | int | None, ...]] = MappingProxyType(
    {
        "quality": get_args(Quality),
        "size": SIZES,
        "strength": STRENGTHS,
        "colors": get_args(Colors),
        "strokes": ("fine", "normal", "large"),
        "output": get_args(Output),
        "language": LANGUAGES,
    }
)
PERSONAL: tuple[Setting, ...] = ("output", "language")  # a group has no such settings
PER_ROW = 3  # choices
MAX_MENUS = 1000  # whose contents are remembered


Menu = tuple[str, InlineKeyboardMarkup]


async def show(request: MessageRequest) -> None:
    """Answer /settings: a user's own in private, the group's in a group."""
    chat_id = request.requester if request.in_private else request.chat.id
    if sentence := await _why_not_choose(request, chat_id):
        await request.reply(request.say(sentence), quote=True)
        return
    menu = await _list(request, chat_id, request.say)
    sent = await request.reply(*menu, parse_mode=ParseMode.HTML)
    _remember(request, sent.message_id, menu)


async def show_list(press: Press, data: ShowSettings) -> None:
    """Go back to the list of settings."""
    if await _may_press(press, data.chat):
        await answer(press.query)
        await _edit(press, await _list(press, data.chat, press.say))


async def open_setting(press: Press, data: OpenSetting) -> None:
    """Show the choices of one setting."""
    if await _may_press(press, data.chat):
        await answer(press.query)
        await _edit(press, await _choices(press, data.chat, data.field))


async def choose(press: Press, data: Choose) -> None:
    """Save the choice on the button that was pressed and go back to the list."""
    if await _may_press(press, data.chat):
        await _save(press, data)
        say = texts(data.value) if data.field == "language" else press.say
        await answer(press.query, say("settings-saved"))
        await _edit(press, await _list(press, data.chat, say))


async def _why_not_choose(request: Request, chat_id: int) -> str | None:
    """Return the name of the sentence that says why the user may not change these settings.

    None: they are their own, or those of a group that they administer.
    """
    if chat_id == request.requester:
        return None
    if chat_id != request.chat.id:  # a group's menu stands in that group
        return "not-yours"
    return await why_no_administrator(request, chat_id, "settings-admins")


async def _may_press(press: Press, chat_id: int) -> bool:
    """Return whether the user may change these settings; tell them if not."""
    sentence = await _why_not_choose(press, chat_id)
    if sentence:
        await answer(press.query, press.say(sentence), alert=True)
    return sentence is None


async def _edit(press: Press, menu: Menu) -> None:
    """Show a menu in the pressed message, unless it is there: a press that came just before may have shown it."""
    if press.services.menus.pop((press.chat.id, press.message_id), None) != menu:
        await press.edit(*menu, parse_mode=ParseMode.HTML)
    _remember(press, press.message_id, menu)


def _remember(request: Request, message_id: int, menu: Menu) -> None:
    menus = request.services.menus
    menus[request.chat.id, message_id] = menu
    if len(menus) > MAX_MENUS:
        del menus[next(iter(menus))]


async def _save(press: Press, data: Choose) -> None:
    settings = press.stores.settings
    recipe, preference = await _values(press, data.chat)
    if data.field == "reset":
        await settings.save_recipe(data.chat, press.services.default())
        await settings.save_preference(data.chat, dataclasses.replace(preference, output="photo"))
    elif data.field in PERSONAL:
        changed = dataclasses.asdict(preference) | {data.field: _value(data)}
        await settings.save_preference(data.chat, Preference(**changed))
    else:
        await settings.save_recipe(data.chat, Recipe(**(recipe.to_dict() | {data.field: _value(data)})))


def _value(data: Choose) -> str | int | None:
    """Return the value that a button carries; StopIteration for a button that we never made."""
    choices = next(choices for field, choices in CHOICES.items() if field == data.field)
    return next(choice for choice in choices if ("" if choice is None else str(choice)) == data.value)


async def _values(request: Request, chat_id: int) -> tuple[Recipe, Preference]:
    settings = request.stores.settings
    return await settings.recipe(chat_id) or request.services.default(), await settings.preference(chat_id)


async def _list(request: Request, chat_id: int, say: Texts) -> Menu:
    """Return the present values, each on a button that opens its choices, and what a picture takes with them."""
    recipe, preference = await _values(request, chat_id)
    present = recipe.to_dict() | {"output": preference.output, "language": say.language}
    lines = [f"<b>{say('settings' if chat_id > 0 else 'settings-group')}</b>", say("settings-how")]
    seconds = await request.stores.jobs.estimate(recipe)
    if seconds is not None:
        lines.append(say("settings-estimate", time=say.duration(seconds)))
    rows = [
        [button(say(f"setting-{field}", value=_label(field, present[field], say)), OpenSetting(chat_id, field))]
        for field in CHOICES
        if chat_id > 0 or field not in PERSONAL
    ]
    rows.append([button(say("button-reset"), Choose(chat_id, "reset", ""), DANGER)])
    return "\n".join(lines), InlineKeyboardMarkup(rows)


async def _choices(press: Press, chat_id: int, field: Setting) -> Menu:
    """Return what a setting does, what its choices take here, and a button for each."""
    say = press.say
    recipe, preference = await _values(press, chat_id)
    present = (recipe.to_dict() | {"output": preference.output, "language": say.language})[field]
    title = say(f"setting-{field}", value=_label(field, present, say))
    costs = await _costs(press, recipe, field) if field in ("quality", "size") else []
    text = "\n".join([f"<b>{title}</b>", say(f"about-{field}"), *costs])
    buttons = [
        button(
            f"• {_label(field, choice, say)}" if choice == present else _label(field, choice, say),
            Choose(chat_id, field, "" if choice is None else str(choice)),
            PRIMARY if choice == present else None,
        )
        for choice in CHOICES[field]
    ]
    rows = [buttons[start : start + PER_ROW] for start in range(0, len(buttons), PER_ROW)]
    return text, InlineKeyboardMarkup([*rows, [button(say("button-back"), ShowSettings(chat_id))]])


async def _costs(press: Press, recipe: Recipe, field: Setting) -> list[str]:
    """Return how long a picture would take here with each choice, a line for each, as far as that is known."""
    known = []
    for choice in CHOICES[field]:
        seconds = await press.stores.jobs.estimate(Recipe(**(recipe.to_dict() | {field: choice})))
        if seconds is not None and choice is not None:
            known.append(f"{_label(field, choice, press.say)} · {press.say.duration(seconds)}")
    return ["", press.say("settings-costs"), *known] if len(known) > 1 else []


def _label(field: Setting, choice: object, say: Texts) -> str:
    """Return a value of a setting in words."""
    match field:
        case "size":
            return say("size-pixels", size=str(choice)) if choice else say("size-auto")
        case "strength":
            return f"{choice} %"
        case "language":
            return texts(str(choice))("language-name")
        case "output":
            return say(f"output-{choice}")
        case _:
            return say(f"{field}-{choice}")

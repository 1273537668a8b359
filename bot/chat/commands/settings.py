"""/settings: an inline keyboard whose choices the next job uses; in a group, its administrators choose for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode

from bot.chat.access import answer, why_no_administrator
from bot.chat.callbacks import Choose, Field
from bot.chat.context import MessageRequest, Press, Request
from bot.chat.i18n import LANGUAGES, Texts, texts
from bot.chat.keyboards import DANGER, PRIMARY, button
from bot.storage.models import Colors, Output, Preference, Quality, Recipe

SIZES: tuple[int | None, ...] = (None, 256, 512, 768, 1024)
STRENGTHS = (20, 40, 60, 80, 100)
CHOICES: Mapping[Field, tuple[str | int | None, ...]] = MappingProxyType(
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
PERSONAL: tuple[Field, ...] = ("output", "language")  # a group has no such settings


async def show(request: MessageRequest) -> None:
    """Answer /settings: a user's own in private, the group's in a group."""
    chat_id = request.requester if request.in_private else request.chat.id
    if sentence := await _why_not_choose(request, chat_id):
        await request.reply(request.say(sentence), quote=True)
        return
    text, keyboard = await _menu(request, chat_id, request.say)
    await request.reply(text, keyboard, parse_mode=ParseMode.HTML)


async def choose(press: Press, data: Choose) -> None:
    """Save the choice on the button that was pressed and show the menu again."""
    if sentence := await _why_not_choose(press, data.chat):
        await answer(press.query, press.say(sentence), alert=True)
        return
    changed = await _save(press, data)
    say = texts(data.value) if data.field == "language" else press.say
    await answer(press.query, say("settings-saved"))
    if changed:
        text, keyboard = await _menu(press, data.chat, say)
        await press.edit(text, keyboard, parse_mode=ParseMode.HTML)


async def _why_not_choose(request: Request, chat_id: int) -> str | None:
    """Return the name of the sentence that says why the user may not change these settings.

    None: they are their own, or those of a group that they administer.
    """
    if chat_id == request.requester:
        return None
    return await why_no_administrator(request, chat_id, "settings-admins") if chat_id < 0 else "not-yours"


async def _save(press: Press, data: Choose) -> bool:
    """Save one choice; False if it was the present one."""
    settings = press.stores.settings
    recipe = await settings.recipe(data.chat) or press.services.default
    preference = await settings.preference(data.chat)
    before = recipe, preference
    if data.field == "reset":
        recipe, preference = press.services.default, dataclasses.replace(preference, output="photo")
    elif data.field in PERSONAL:
        preference = Preference(**(dataclasses.asdict(preference) | {data.field: _value(data)}))
    else:
        recipe = Recipe(**(recipe.to_dict() | {data.field: _value(data)}))
    if before[0] != recipe:
        await settings.save_recipe(data.chat, recipe)
    if before[1] != preference:
        await settings.save_preference(data.chat, preference)
    return before != (recipe, preference)


def _value(data: Choose) -> str | int | None:
    """Return the value that a button carries; StopIteration for a button that we never made."""
    return next(choice for choice in CHOICES[data.field] if ("" if choice is None else str(choice)) == data.value)


async def _menu(request: Request, chat_id: int, say: Texts) -> tuple[str, InlineKeyboardMarkup]:
    """Return the menu: its text with the seconds that the choices take here, and a row for each setting."""
    settings = request.stores.settings
    recipe = await settings.recipe(chat_id) or request.services.default
    title = say("settings" if chat_id > 0 else "settings-group")
    text = say(
        "settings-now",
        quality=say(f"quality-{recipe.quality}"),
        size=say("size-pixels", size=str(recipe.size)) if recipe.size else say("size-auto"),
        strength=f"{recipe.strength} %",
        colors=say(f"colors-{recipe.colors}"),
        strokes=say(f"strokes-{recipe.strokes}"),
    )
    costs = await _costs(request, recipe, say)
    keyboard = _keyboard(recipe, await settings.preference(chat_id), say, chat_id)
    return "\n".join([f"<b>{title}</b>", text, *costs]), keyboard


async def _costs(request: Request, recipe: Recipe, say: Texts) -> list[str]:
    """Return how long each quality and each size would take here, as far as earlier pictures tell."""
    jobs, lines = request.stores.jobs, []
    seconds = await jobs.estimate(recipe)
    if seconds is not None:
        lines.append(say("settings-estimate", time=say.duration(seconds)))
    fields: tuple[Field, ...] = ("quality", "size")
    for field in fields:
        known = []
        for choice in CHOICES[field]:
            seconds = await jobs.estimate(Recipe(**(recipe.to_dict() | {field: choice})))
            if seconds is not None and choice is not None:
                label = say("size-pixels", size=str(choice)) if field == "size" else say(f"quality-{choice}")
                known.append(f"{label} {say.duration(seconds)}")
        if len(known) > 1:
            lines.append(say("settings-costs", costs=" · ".join(known)))
    return lines


def _keyboard(recipe: Recipe, preference: Preference, say: Texts, chat_id: int) -> InlineKeyboardMarkup:
    """Return a row for each setting, a dot before the present choice."""
    present = recipe.to_dict() | {"output": preference.output, "language": say.language}
    fields = [field for field in CHOICES if chat_id > 0 or field not in PERSONAL]
    rows = [[_choice(chat_id, field, choice, present[field], say) for choice in CHOICES[field]] for field in fields]
    rows.append([button(say("button-reset"), Choose(chat_id, "reset", ""), DANGER)])
    return InlineKeyboardMarkup(rows)


def _choice(chat_id: int, field: Field, choice: str | int | None, present: object, say: Texts) -> InlineKeyboardButton:
    match field:
        case "size":
            label = str(choice) if choice else say("size-auto-short")
        case "strength":
            label = f"{choice} %"
        case "language":
            label = texts(str(choice))("language-name")
        case "output":
            label = say(f"output-{choice}")
        case _:
            label = say(f"{field}-{choice}")
    callback = Choose(chat_id, field, "" if choice is None else str(choice))
    chosen = choice == present
    return button(f"• {label}" if chosen else label, callback, PRIMARY if chosen else None)

"""/settings: an inline keyboard whose choice the next job uses; in a group, its administrators' choice for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from bot.chat.access import answer, is_admin, pressed
from bot.chat.context import Context, asked
from bot.chat.i18n import LANGUAGES, Texts, texts
from bot.chat.keyboards import DANGER, PRIMARY
from bot.storage.models import Colors, Output, Preference, Quality, Recipe
from bot.storage.protocols import JobStore

SIZES: tuple[int | None, ...] = (None, 256, 512, 768, 1024)
STRENGTHS = (20, 40, 60, 80, 100)
CHOICES: Mapping[str, tuple[str | int | None, ...]] = MappingProxyType(
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
PERSONAL = ("output", "language")  # no settings of a group


async def show(update: Update, context: Context) -> None:
    """Answer /settings."""
    message, user = asked(update)
    owner = user.id if message.chat.type == ChatType.PRIVATE else message.chat_id
    if not await _may_choose(context, owner, user.id):
        await message.reply_text(context.say("settings-admins"), do_quote=True)
        return
    text, keyboard = await _menu(context, owner)
    await message.reply_text(text, parse_mode=ParseMode.HTML, reply_markup=keyboard)


async def choose(update: Update, context: Context) -> None:
    """Save the choice on the button that was pressed and show the menu anew."""
    query, say = pressed(update), context.say
    _, number, field, value = (query.data or "").split(":")
    owner = int(number)
    if not await _may_choose(context, owner, query.from_user.id):
        await answer(query, say("not-yours" if owner > 0 else "settings-admins"), alert=True)
        return
    changed = await _save(context, owner, field, value)
    if field == "language":
        context.say = texts(value)
    await answer(query, context.say("settings-saved"))
    if changed:
        text, keyboard = await _menu(context, owner)
        try:
            await query.edit_message_text(text, parse_mode=ParseMode.HTML, reply_markup=keyboard)
        except BadRequest as error:  # a double press: the menu shows it already
            if "not modified" not in error.message:
                raise


async def _may_choose(context: Context, owner: int, user_id: int) -> bool:
    """Whether settings are somebody's to change: their own, or those of a group that they administrate."""
    return owner == user_id or (owner < 0 and await is_admin(context.bot, owner, user_id))


async def _save(context: Context, owner: int, field: str, value: str) -> bool:
    """Save one choice; False if it was the present one."""
    chats = context.services.chats
    before = await context.services.recipe(owner), await chats.preference(owner)
    recipe, preference = before
    if field == "reset":
        recipe, preference = context.services.default, dataclasses.replace(preference, output="photo")
    elif field in PERSONAL:
        preference = Preference(**(dataclasses.asdict(preference) | {field: _value(field, value)}))
    else:
        recipe = Recipe(**(recipe.to_dict() | {field: _value(field, value)}))
    if before[0] != recipe:
        await chats.save_recipe(owner, recipe)
    if before[1] != preference:
        await chats.save_preference(owner, preference)
    return before != (recipe, preference)


def _value(field: str, value: str) -> str | int | None:
    """Return the value that a button carries; a button that we never made is an error."""
    return next(choice for choice in CHOICES[field] if ("" if choice is None else str(choice)) == value)


async def _menu(context: Context, owner: int) -> tuple[str, InlineKeyboardMarkup]:
    """Return the menu: its text with what the choices cost here, and a row for each setting."""
    recipe, say = await context.services.recipe(owner), context.say
    preference = await context.services.chats.preference(owner)
    title = say("settings" if owner > 0 else "settings-group")
    text = say(
        "settings-now",
        quality=say(f"quality-{recipe.quality}"),
        size=say("size-pixels", size=str(recipe.size)) if recipe.size else say("size-auto"),
        strength=f"{recipe.strength} %",
        colors=say(f"colors-{recipe.colors}"),
        strokes=say(f"strokes-{recipe.strokes}"),
    )
    costs = await _costs(context.services.jobs, recipe, say)
    return "\n".join([f"<b>{title}</b>", text, *costs]), _keyboard(recipe, preference, say, owner)


async def _costs(jobs: JobStore, recipe: Recipe, say: Texts) -> list[str]:
    """Return what each quality and each size would take here, as far as earlier pictures tell."""
    lines = []
    seconds = await jobs.estimate(recipe)
    if seconds is not None:
        lines.append(say("settings-estimate", time=say.duration(seconds)))
    for field in ("quality", "size"):
        known = []
        for choice in CHOICES[field]:
            taken = await jobs.estimate(Recipe(**(recipe.to_dict() | {field: choice})))
            if taken is not None and choice is not None:
                label = say("size-pixels", size=str(choice)) if field == "size" else say(f"quality-{choice}")
                known.append(f"{label} {say.duration(taken)}")
        if len(known) > 1:
            lines.append(say("settings-costs", costs=" · ".join(known)))
    return lines


def _keyboard(recipe: Recipe, preference: Preference, say: Texts, owner: int) -> InlineKeyboardMarkup:
    """Return a row for each setting, a dot before the present choice."""
    present = recipe.to_dict() | {"output": preference.output, "language": say.language}
    fields = [field for field in CHOICES if owner > 0 or field not in PERSONAL]
    rows = [[_choice(owner, field, choice, present[field], say) for choice in CHOICES[field]] for field in fields]
    rows.append([InlineKeyboardButton(say("button-reset"), callback_data=f"set:{owner}:reset:", style=DANGER)])
    return InlineKeyboardMarkup(rows)


def _choice(owner: int, field: str, choice: str | int | None, present: object, say: Texts) -> InlineKeyboardButton:
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
    return InlineKeyboardButton(
        f"• {label}" if choice == present else label,
        callback_data=f"set:{owner}:{field}:{'' if choice is None else choice}",
        style=PRIMARY if choice == present else None,
    )

"""/settings: an inline keyboard whose choice the next job uses; in a group, its administrators' choice for all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import get_args

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from bot.chat.context import Context, asked
from bot.chat.gate import answer, is_admin, pressed
from bot.chat.texts import Texts
from bot.jobs.job import Colors, Output, Preference, Quality, Recipe

SIZES: tuple[int | None, ...] = (None, 256, 512, 768, 1024)
STRENGTHS = (20, 35, 50, 65, 80)
CHOICES: Mapping[str, tuple[str | int | None, ...]] = MappingProxyType(
    {
        "quality": get_args(Quality),
        "size": SIZES,
        "strength": STRENGTHS,
        "colors": get_args(Colors),
        "output": get_args(Output),
    }
)


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
    await answer(query, say("settings-saved"))
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
    elif field == "output":
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
    """Return the menu: its text with what the choice costs here, and a row for each setting."""
    recipe, say = await context.services.recipe(owner), context.say
    preference = await context.services.chats.preference(owner)
    title = say("settings" if owner > 0 else "settings-group")
    text = say(
        "settings-now",
        quality=say(f"quality-{recipe.quality}"),
        size=say("size-pixels", size=str(recipe.size)) if recipe.size else say("size-auto"),
        strength=f"{recipe.strength} %",
        colors=say(f"colors-{recipe.colors}"),
    )
    seconds = await context.services.jobs.estimate(recipe)
    cost = "" if seconds is None else f"\n{say('settings-estimate', time=say.duration(seconds))}"
    return f"<b>{title}</b>\n{text}{cost}", _keyboard(recipe, preference, say, owner)


def _keyboard(recipe: Recipe, preference: Preference, say: Texts, owner: int) -> InlineKeyboardMarkup:
    """Return a row for each setting, a dot before the present choice."""

    def row(field: str, present: object, choices: Sequence[tuple[str, object]]) -> list[InlineKeyboardButton]:
        return [
            InlineKeyboardButton(
                f"• {label}" if value == present else label,
                callback_data=f"set:{owner}:{field}:{'' if value is None else value}",
            )
            for label, value in choices
        ]

    rows = [
        row("quality", recipe.quality, [(say(f"quality-{quality}"), quality) for quality in CHOICES["quality"]]),
        row("size", recipe.size, [(str(size) if size else say("size-auto-short"), size) for size in SIZES]),
        row("strength", recipe.strength, [(f"{strength} %", strength) for strength in STRENGTHS]),
        row("colors", recipe.colors, [(say(f"colors-{colors}"), colors) for colors in CHOICES["colors"]]),
    ]
    if owner > 0:
        outputs = [(say(f"output-{output}"), output) for output in CHOICES["output"]]
        rows.append(row("output", preference.output, outputs))
    rows.append([InlineKeyboardButton(say("button-reset"), callback_data=f"set:{owner}:reset:")])
    return InlineKeyboardMarkup(rows)

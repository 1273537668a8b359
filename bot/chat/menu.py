"""/settings: an inline keyboard whose choice the next job uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.chat.context import Context, asked
from bot.chat.gate import answer, pressed
from bot.chat.texts import Texts
from bot.jobs.job import Colors, Quality, Recipe

SIZES: tuple[int | None, ...] = (None, 256, 512, 768, 1024)
STRENGTHS = (20, 35, 50, 65, 80)


async def show(update: Update, context: Context) -> None:
    """Answer /settings."""
    message, user = asked(update)
    recipe = await context.services.recipe(user.id)
    text = await _text(context, recipe, context.say)
    await message.reply_text(text, parse_mode=ParseMode.HTML, reply_markup=keyboard(recipe, context.say, user.id))


async def choose(update: Update, context: Context) -> None:
    """Save the choice on the button that was pressed and show the menu anew."""
    query, say = pressed(update), context.say
    _, owner, field, value = (query.data or "").split(":")
    if int(owner) != query.from_user.id:
        await answer(query, say("not-yours"), alert=True)
        return
    before = await context.services.recipe(query.from_user.id)
    recipe = Recipe(**(before.to_dict() | {field: _value(field, value)}))
    await context.services.chats.save_recipe(query.from_user.id, recipe)
    await answer(query, say("settings-saved"))
    if recipe != before:
        text = await _text(context, recipe, say)
        try:
            await query.edit_message_text(
                text, parse_mode=ParseMode.HTML, reply_markup=keyboard(recipe, say, query.from_user.id)
            )
        except BadRequest as error:  # a double press: the menu shows it already
            if "not modified" not in error.message:
                raise


def keyboard(recipe: Recipe, say: Texts, owner: int) -> InlineKeyboardMarkup:
    """Return the menu: a row for each setting, a dot before the present choice."""

    def row(field: str, choices: Sequence[tuple[str, object]]) -> list[InlineKeyboardButton]:
        present = getattr(recipe, field)
        return [
            InlineKeyboardButton(
                f"• {label}" if value == present else label,
                callback_data=f"set:{owner}:{field}:{'' if value is None else value}",
            )
            for label, value in choices
        ]

    return InlineKeyboardMarkup(
        [
            row("quality", [(say(f"quality-{quality}"), quality) for quality in get_args(Quality)]),
            row("size", [(str(size) if size else say("size-auto-short"), size) for size in SIZES]),
            row("strength", [(f"{strength} %", strength) for strength in STRENGTHS]),
            row("colors", [(say(f"colors-{colors}"), colors) for colors in get_args(Colors)]),
        ]
    )


def _value(field: str, value: str) -> str | int | None:
    """Return the value that a button carries; a button that we never made is an error."""
    choices: dict[str, tuple[str | int | None, ...]] = {
        "quality": get_args(Quality),
        "size": SIZES,
        "strength": STRENGTHS,
        "colors": get_args(Colors),
    }
    return next(choice for choice in choices[field] if ("" if choice is None else str(choice)) == value)


async def _text(context: Context, recipe: Recipe, say: Texts) -> str:
    text = say(
        "settings",
        quality=say(f"quality-{recipe.quality}"),
        size=say("size-pixels", size=str(recipe.size)) if recipe.size else say("size-auto"),
        strength=f"{recipe.strength} %",
        colors=say(f"colors-{recipe.colors}"),
    )
    seconds = await context.services.jobs.estimate(recipe)
    return text if seconds is None else f"{text}\n{say('settings-estimate', time=say.duration(seconds))}"

"""The inline keyboards under status messages, pictures and drafts; /settings has its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.chat import callbacks
from bot.chat.callbacks import Action, Callback, Page
from bot.chat.context import Services
from bot.chat.i18n import Texts
from bot.chat.recipe_changes import remedied
from bot.presets.sheet import COLUMNS
from bot.storage.models import Job, State

PER_ROW = 2  # presets
SHARES: tuple[callbacks.Share, ...] = get_args(callbacks.Share)
# On a phone, longer words than those of the three are cut off where three stand side by side.
RESULT_ROWS: Mapping[Page, tuple[tuple[Action, ...], ...]] = MappingProxyType(
    {
        "first": (("stronger", "softer"), ("bigger", "again"), ("swap",)),  # what most people do next
        "more": (
            ("part", "colors"),
            ("faces", "denoise"),
            ("strip", "compare"),
            ("timelapse", "sticker"),
            ("square", "portrait", "story"),
            ("file", "print"),
            ("delete",),
        ),
    }
)
PRIMARY, SUCCESS, DANGER = KeyboardButtonStyle.PRIMARY, KeyboardButtonStyle.SUCCESS, KeyboardButtonStyle.DANGER


def button(label: str, callback: Callback, style: str | None = None) -> InlineKeyboardButton:
    """Return a button with its callback data."""
    return InlineKeyboardButton(label, callback_data=callback.pack(), style=style)


def status_keyboard(job: Job, say: Texts) -> InlineKeyboardMarkup:
    """Return the buttons of a status message."""
    row = [button(say("button-cancel"), callbacks.Cancel(job.id), DANGER)]
    if job.state is State.QUEUED and job.kind == "picture" and len(job.sources) == 2:
        row.append(button(say("button-swap"), callbacks.Swap(job.id)))
    if job.state is State.RUNNING and job.preview:  # before that there is no picture to finish with
        row.insert(0, button(say("button-stop"), callbacks.Stop(job.id), SUCCESS))
    rows = [row]
    if job.advice.startswith("style"):
        rows.append([button(say("button-other"), callbacks.OtherStyle(job.id), PRIMARY)])
    elif remedied(job):
        rows.append([button(say(f"button-{job.advice}"), callbacks.Remedy(job.id), PRIMARY)])
    return InlineKeyboardMarkup(rows)


def result_keyboard(job: Job, say: Texts, page: Page = "first") -> InlineKeyboardMarkup | None:
    """Return a page of the buttons under a job's picture, None if its pictures cannot be fetched again."""
    if len(job.sources) < 2 or not all(job.sources):
        return None
    if job.kind == "sheet":
        numbers = [button(str(number), callbacks.Pick(job.id, number)) for number in range(1, len(job.sources))]
        return InlineKeyboardMarkup([numbers[start : start + COLUMNS] for start in range(0, len(numbers), COLUMNS)])
    labels = {name: say(f"button-{name}") for row in RESULT_ROWS[page] for name in row}
    if "colors" in labels and job.recipe.colors == "content":
        labels["colors"] = say("button-style-colors")
    if len(job.sources) > 2:
        labels.pop("swap", None)  # several styles cannot become one content
    rows = [
        [
            button(labels[name], callbacks.DoWithResult(job.id, name), DANGER if name == "delete" else None)
            for name in row
            if name in labels
        ]
        for row in RESULT_ROWS[page]
    ]
    if page == "first":
        rows[-1].append(button(say("button-more"), callbacks.ShowButtons(job.id, "more")))
    else:
        rows.append([button(say("button-back"), callbacks.ShowButtons(job.id, "first"))])
    return InlineKeyboardMarkup(rows)


def blend_keyboard(job: Job) -> InlineKeyboardMarkup:
    """Return the shares of a strength strip."""
    return InlineKeyboardMarkup([[button(f"{share} %", callbacks.Blend(job.id, share)) for share in SHARES]])


def draft_keyboard(services: Services, say: Texts, *, has_style: bool) -> InlineKeyboardMarkup:
    """Return the buttons under the question for the second photo: swap, and the presets instead of a photo."""
    if has_style:
        return InlineKeyboardMarkup([[button(say("button-is-content"), callbacks.SwapDraft())]])
    presets = preset_rows(services, say, {name: callbacks.UsePreset(name) for name in services.presets.names})
    swap, sheet = callbacks.SwapDraft(), callbacks.PaintSheet()
    return InlineKeyboardMarkup(
        [[button(say("button-is-style"), swap)], *presets, [button(say("button-sheet"), sheet, PRIMARY)]]
    )


def preset_rows(
    services: Services, say: Texts, callbacks_of: Mapping[str, Callback]
) -> list[list[InlineKeyboardButton]]:
    """Return a button for each preset, numbered as in the gallery, with its callback."""
    buttons = [
        button(f"{number} · {services.title(name, say)}", callback)
        for number, (name, callback) in enumerate(callbacks_of.items(), 1)
    ]
    return [buttons[start : start + PER_ROW] for start in range(0, len(buttons), PER_ROW)]

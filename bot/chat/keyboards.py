"""Every inline keyboard but the one of /settings: its buttons, and the callback data that they carry."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.chat.context import Services
from bot.chat.i18n import Texts
from bot.chat.recipe_codes import remedied
from bot.presets.sheet import COLUMNS
from bot.storage.models import Job, State

PER_ROW = 2  # presets
SHARES = (20, 40, 60, 80)  # per cent of the painting in the pictures of a strength strip
RESULT_ROWS = (
    ("stronger", "softer", "bigger"),
    ("again", "part"),
    ("swap", "colors"),
    ("strip", "faces", "denoise"),
    ("compare", "timelapse", "sticker"),
    ("file", "print", "delete"),
)
PRIMARY, SUCCESS, DANGER = KeyboardButtonStyle.PRIMARY, KeyboardButtonStyle.SUCCESS, KeyboardButtonStyle.DANGER


def status_keyboard(job: Job, say: Texts) -> InlineKeyboardMarkup:
    """Return the buttons of a status message."""
    row = [InlineKeyboardButton(say("button-cancel"), callback_data=f"cancel:{job.id}", style=DANGER)]
    if job.state is State.QUEUED and job.kind == "picture" and len(job.sources) == 2:
        row.append(InlineKeyboardButton(say("button-swap"), callback_data=f"swap:{job.id}"))
    if job.state is State.RUNNING and job.preview:  # there is something to keep
        row.insert(0, InlineKeyboardButton(say("button-stop"), callback_data=f"stop:{job.id}", style=SUCCESS))
    rows = [row]
    if job.advice.startswith("style"):
        rows.append([InlineKeyboardButton(say("button-other"), callback_data=f"other:{job.id}", style=PRIMARY)])
    elif remedied(job):
        label = say(f"button-{job.advice}")
        rows.append([InlineKeyboardButton(label, callback_data=f"remedy:{job.id}", style=PRIMARY)])
    return InlineKeyboardMarkup(rows)


def result_keyboard(job: Job, say: Texts) -> InlineKeyboardMarkup | None:
    """Return the buttons under a job's picture; without sources (an older job's) there is nothing to repeat."""
    if len(job.sources) < 2 or not all(job.sources):
        return None
    if job.kind == "sheet":
        return InlineKeyboardMarkup(_numbers(job))
    labels = {name: say(f"button-{name}") for row in RESULT_ROWS for name in row}
    if job.recipe.colors == "content":
        labels["colors"] = say("button-style-colors")
    if len(job.sources) > 2:
        del labels["swap"]  # a mix of styles cannot become a content
    rows = [[_action(job, name, labels[name]) for name in row if name in labels] for row in RESULT_ROWS]
    return InlineKeyboardMarkup(rows)


def _action(job: Job, name: str, label: str) -> InlineKeyboardButton:
    style = DANGER if name == "delete" else None
    return InlineKeyboardButton(label, callback_data=f"do:{job.id}:{name}", style=style)


def _numbers(job: Job) -> list[list[InlineKeyboardButton]]:
    """Return the numbers of a contact sheet's pictures, in rows like theirs."""
    buttons = [
        InlineKeyboardButton(str(number), callback_data=f"pick:{job.id}:{number}")
        for number in range(1, len(job.sources))
    ]
    return [buttons[start : start + COLUMNS] for start in range(0, len(buttons), COLUMNS)]


def blend_keyboard(job: Job) -> InlineKeyboardMarkup:
    """Return the shares of a strength strip."""
    row = [InlineKeyboardButton(f"{share} %", callback_data=f"blend:{job.id}:{share}") for share in SHARES]
    return InlineKeyboardMarkup([row])


def question_keyboard(services: Services, say: Texts, *, has_style: bool) -> InlineKeyboardMarkup:
    """Return the buttons under the question for the second photo: swap, and the presets instead of a photo."""
    if has_style:
        return InlineKeyboardMarkup([[InlineKeyboardButton(say("button-is-content"), callback_data="turn")]])
    swap = [InlineKeyboardButton(say("button-is-style"), callback_data="turn")]
    sheet = [InlineKeyboardButton(say("button-sheet"), callback_data="sheet", style=PRIMARY)]
    return InlineKeyboardMarkup([swap, *preset_rows(services, say), sheet])


def preset_rows(services: Services, say: Texts, action: str = "use") -> list[list[InlineKeyboardButton]]:
    """Return a button for each preset, numbered as in the gallery; its callback data begin with the action."""
    buttons = [
        InlineKeyboardButton(f"{number} · {services.title(name, say)}", callback_data=f"{action}:{name}")
        for number, name in enumerate(services.presets.names, 1)
    ]
    return [buttons[start : start + PER_ROW] for start in range(0, len(buttons), PER_ROW)]

"""Which buttons stand under the messages of a job and of a draft."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from telegram import InlineKeyboardMarkup

from bot.chat.callbacks import Page
from bot.chat.i18n import texts
from bot.chat.keyboards import RESULT_ROWS, blend_keyboard, draft_keyboard, result_keyboard, status_keyboard
from bot.storage.models import BlobKey, Recipe, Source, State
from tests.support.chat_harness import PRESETS
from tests.support.fakes import a_job
from tests.support.requests import services

EN = texts("en")
ROWS = [*RESULT_ROWS["first"], *RESULT_ROWS["more"]]
ACTIONS = [action for row in ROWS for action in row]
PREVIEW = BlobKey("preview")
MIX = (Source("file:content"), Source("preset:mosaic"), Source("preset:woodcut"))


def data_of(keyboard: InlineKeyboardMarkup | None) -> list[list[object]]:
    """Return the callback data of a keyboard, row by row."""
    assert keyboard is not None
    return [[button.callback_data for button in row] for row in keyboard.inline_keyboard]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({}, [["cancel:1", "swap:1"]]),
        ({"sources": MIX}, [["cancel:1"]]),
        ({"kind": "sheet"}, [["cancel:1"]]),
        ({"state": State.RUNNING}, [["cancel:1"]]),
        ({"state": State.RUNNING, "preview": PREVIEW}, [["stop:1", "cancel:1"]]),
        ({"advice": "style-flat"}, [["cancel:1", "swap:1"], ["other:1"]]),
        ({"advice": "content-long"}, [["cancel:1", "swap:1"], ["remedy:1"]]),
        ({"advice": "content-long", "recipe": Recipe(size=1024)}, [["cancel:1", "swap:1"]]),
        ({"advice": "content-blurred", "recipe": Recipe(strokes="large")}, [["cancel:1", "swap:1"]]),
    ],
)
def test_the_status_message_offers_what_is_possible_now(changes: dict[str, Any], rows: list[list[str]]) -> None:
    """Stop needs a preview, swap a queued job with one style, and advice a recipe that it would change."""
    assert data_of(status_keyboard(a_job(**changes), EN)) == rows


def test_a_picture_has_all_actions() -> None:
    """Swap is missing where several styles were mixed: they cannot become one content."""
    first, more = (data_of(result_keyboard(a_job(), EN, page)) for page in get_args(Page))
    assert (first[-1].pop(), more.pop()) == ("page:1:more", ["page:1:first"])
    assert [*first, *more] == [[f"do:1:{action}" for action in row] for row in ROWS]
    mixed = [row for page in get_args(Page) for row in data_of(result_keyboard(a_job(sources=MIX), EN, page))]
    pages = {"page:1:more", "page:1:first"}
    assert [data for row in mixed for data in row if data not in pages] == [
        f"do:1:{action}" for action in ACTIONS if action != "swap"
    ]


@pytest.mark.parametrize(("colors", "label"), [("style", "button-colors"), ("content", "button-style-colors")])
def test_the_button_for_colours_names_where_it_leads(colors: str, label: str) -> None:
    """From the style's colours to the content's, and back."""
    keyboard = result_keyboard(a_job(recipe=Recipe(colors=colors)), EN, "more")  # type: ignore[arg-type]
    assert keyboard is not None
    [found] = [each for row in keyboard.inline_keyboard for each in row if each.callback_data == "do:1:colors"]
    assert found.text == EN(label)


@pytest.mark.parametrize("sources", [(), (Source("file:content"),), (Source("file:content"), Source(""))])
def test_a_picture_whose_photos_cannot_be_fetched_again_has_no_buttons(sources: tuple[Source, ...]) -> None:
    """Every button but a few needs the photos."""
    assert result_keyboard(a_job(sources=sources), EN) is None


def test_a_contact_sheet_has_a_number_for_each_style() -> None:
    """They are counted from 1, as on the picture."""
    sources = (Source("file:content"), *(Source(f"preset:{name}") for name in PRESETS.names))
    numbers = [data for row in data_of(result_keyboard(a_job(kind="sheet", sources=sources), EN)) for data in row]
    assert numbers == [f"pick:1:{number}" for number in range(1, len(sources))]


def test_a_strip_has_a_button_for_each_share() -> None:
    """In per cent of the picture."""
    assert data_of(blend_keyboard(a_job())) == [["blend:1:20", "blend:1:40", "blend:1:60", "blend:1:80"]]


def test_a_draft_offers_the_presets_while_its_photo_is_the_content() -> None:
    """Where the photo is the style, only a photo can be the content."""
    assert data_of(draft_keyboard(services(), EN, has_style=True)) == [["turn"]]
    first, *presets, last = data_of(draft_keyboard(services(), EN, has_style=False))
    assert (first, last) == (["turn"], ["sheet"])
    assert [data for row in presets for data in row] == [f"use:{name}" for name in PRESETS.names]

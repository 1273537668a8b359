"""What people are told of the weights, and that *Again* paints with better ones."""

from __future__ import annotations

import dataclasses
from unittest.mock import AsyncMock, patch

import pytest

from bot.chat.commands import admin
from bot.chat.context import Painter
from bot.chat.i18n import texts
from bot.chat.recipe_changes import again
from bot.chat.status.text import caption
from bot.storage.models import Recipe, State
from tests.support.chat_harness import REPORT
from tests.support.fakes import FakeJobStore, a_job, fake_stores
from tests.support.requests import fake_bot, message, message_request, services

EN = texts("en")
TALLY = dict.fromkeys(("queued", "running", "delivered", "failed", "users", "seconds"), 0)


@pytest.mark.parametrize(
    ("painter", "lines"),
    [
        (Painter(), []),
        (Painter("pretrained"), [EN("stats-weights", weights="pretrained")]),
        (Painter("builtin", 40), [EN("stats-weights", weights="builtin"), EN("stats-download", percent=40)]),
        (
            Painter("builtin", None, "No connection."),
            [EN("stats-weights", weights="builtin"), EN("stats-no-download", reason="No connection.")],
        ),
    ],
)
async def test_stats_tell_which_weights_paint(painter: Painter, lines: list[str]) -> None:
    """And how far the download of the full ones is, or why there is none."""
    bot, parts = fake_bot(), dataclasses.replace(services(fake_stores()), painter=lambda: painter)
    with patch.object(FakeJobStore, "tally", AsyncMock(return_value=TALLY)):
        await admin.stats(message_request(bot, parts, message(bot)))
    said = bot.send_message.call_args.args[1]
    assert said == "\n".join([EN("stats", **TALLY), *lines])


@pytest.mark.parametrize(
    ("weights", "percent", "told"), [("builtin", 40, True), ("builtin", None, False), ("pretrained", 40, False)]
)
def test_the_caption_promises_better_filters_while_they_come(weights: str, percent: int | None, told: bool) -> None:
    parts = dataclasses.replace(services(fake_stores()), painter=lambda: Painter("builtin", percent))
    job = a_job(state=State.RENDERED, report=REPORT | {"weights": weights})
    assert (EN("done-builtin") in caption(parts, job, EN)) is told


def test_again_with_better_weights_keeps_the_recipe() -> None:
    """With the same weights it is the next variation; other settings come first in any case."""
    job = a_job(state=State.DELIVERED, recipe=Recipe(variation=2))
    assert again(job, Recipe(), painted_better=True) == Recipe(variation=2)
    assert again(job, Recipe()) == Recipe(variation=3)
    assert again(job, Recipe(strength=30), painted_better=True) == Recipe(strength=30)

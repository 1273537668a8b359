"""The recipes to which the buttons lead."""

from dataclasses import replace

import pytest

from bot.chat.recipe_changes import bigger
from bot.storage.models import Recipe
from tests.support.fakes import a_job


@pytest.mark.parametrize(("edge", "larger"), [(60, 256), (512, 768), (768, 1280), (1280, 2048), (1536, 2048)])
def test_bigger_is_visibly_bigger(edge: int, larger: int) -> None:
    """The next size of at least 1.5 times the present one, else the largest; None at the largest."""
    job = a_job()
    assert bigger(replace(job, report={"size": [edge, 40]})) == Recipe(size=larger)
    assert bigger(replace(job, report={"size": [40, 2048]})) is None

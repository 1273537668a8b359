"""The recipes to which buttons lead."""

from dataclasses import replace

import pytest

from bot.chat.recipe_changes import bigger
from bot.storage.models import Recipe
from tests.support.fakes import a_job


@pytest.mark.parametrize(("edge", "larger"), [(60, 256), (512, 768), (768, 1280), (1280, 2048), (1536, 2048)])
def test_bigger_is_visibly_bigger(edge: int, larger: int) -> None:
    """At least half as much again, as long as there is such a size; then the largest; then no further."""
    job = a_job()
    assert bigger(replace(job, report={"size": [edge, 40]})) == Recipe(size=larger)
    assert bigger(replace(job, report={"size": [40, 2048]})) is None

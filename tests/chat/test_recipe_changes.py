"""The recipes to which buttons lead."""

from dataclasses import fields, replace

import pytest

from bot.chat.recipe_changes import bigger
from bot.storage.models import Job, Recipe


@pytest.mark.parametrize(("edge", "larger"), [(60, 256), (512, 768), (768, 1280), (1280, 2048), (1536, 2048)])
def test_bigger_is_visibly_bigger(edge: int, larger: int) -> None:
    """At least half as much again, as long as there is such a size; then the largest; then no further."""
    job = Job(**dict.fromkeys((field.name for field in fields(Job)), None) | {"recipe": Recipe(), "report": {}})  # type: ignore[arg-type]
    assert bigger(replace(job, report={"size": [edge, 40]})) == Recipe(size=larger)
    assert bigger(replace(job, report={"size": [40, 2048]})) is None

"""Conformance: settings."""

from __future__ import annotations

from bot.storage.models import (
    Preference,
    Recipe,
)
from bot.storage.protocols import Stores


async def test_settings_are_each_users_own(stores: Stores) -> None:
    """A user finds the settings that they saved last; another finds the defaults."""
    await stores.settings.save_recipe(1, Recipe("fine", 900, 30, "match"))
    await stores.settings.save_recipe(1, Recipe("sketch", None, 70, "content"))
    assert await stores.settings.recipe(1) == Recipe("sketch", None, 70, "content")
    assert await stores.settings.recipe(2) is None


async def test_preferences_are_remembered_until_forgotten(stores: Stores) -> None:
    """A user finds the defaults, then what they saved, and the defaults again once they are forgotten."""
    assert await stores.settings.preference(1) == Preference()
    await stores.settings.save_preference(1, Preference("ru", "file"))
    assert await stores.settings.preference(1) == Preference("ru", "file")
    await stores.people.forget(1)
    assert await stores.settings.preference(1) == Preference()

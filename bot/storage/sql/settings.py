"""Settings of users and groups."""

from __future__ import annotations

import dataclasses
import json

from typing_extensions import override

from bot.storage.chat_protocols import SettingsStore
from bot.storage.models import Preference, Recipe
from bot.storage.sql.database import SqlStore, Transaction, transaction
from bot.storage.sql.rows import recipe_of

RECIPE = "SELECT recipe FROM recipe WHERE user_id = :user_id"

SAVE_RECIPE = """
INSERT INTO recipe (user_id, recipe) VALUES (:user_id, :recipe)
ON CONFLICT (user_id) DO UPDATE SET recipe = excluded.recipe
"""

PREFERENCE = "SELECT language, output FROM preference WHERE user_id = :user_id"

SAVE_PREFERENCE = """
INSERT INTO preference (user_id, language, output) VALUES (:user_id, :language, :output)
ON CONFLICT (user_id) DO UPDATE SET language = excluded.language, output = excluded.output
"""


class SqlSettingsStore(SqlStore, SettingsStore):
    """The tables `recipe` and `preference`."""

    @override
    @transaction
    async def recipe(self, t: Transaction, user_id: int) -> Recipe | None:
        row = await t.row(RECIPE, {"user_id": user_id})
        return recipe_of(row) if row else None

    @override
    @transaction
    async def save_recipe(self, t: Transaction, user_id: int, recipe: Recipe) -> None:
        await t.rows(SAVE_RECIPE, {"user_id": user_id, "recipe": json.dumps(recipe.to_dict())})

    @override
    @transaction
    async def preference(self, t: Transaction, user_id: int) -> Preference:
        row = await t.row(PREFERENCE, {"user_id": user_id})
        return Preference(**row) if row else Preference()

    @override
    @transaction
    async def save_preference(self, t: Transaction, user_id: int, preference: Preference) -> None:
        await t.rows(SAVE_PREFERENCE, {"user_id": user_id, **dataclasses.asdict(preference)})

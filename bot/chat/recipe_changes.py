"""The recipes to which the buttons of a job and of its picture lead."""

from __future__ import annotations

import dataclasses

from bot.chat.recipe_codes import SIZES, VARIATIONS
from bot.storage.models import Job, Recipe

STRENGTH_STEP = 15
LARGE = 1024  # pixels: the longer side from which the narrow side of a panorama has enough detail


def again(job: Job, chosen: Recipe, *, painted_better: bool = False) -> Recipe:
    """Return the recipe of today's settings; where these are still the job's, the next variation of its own.

    Where better weights would paint now, its own as it is: the picture is another one already.
    """
    if dataclasses.replace(job.recipe, variation=0) != chosen:
        return chosen
    if painted_better:
        return job.recipe
    return dataclasses.replace(job.recipe, variation=(job.recipe.variation + 1) % VARIATIONS)


def stronger(job: Job) -> Recipe | None:
    """Return the recipe with more of the style, None if there is no more."""
    if job.recipe.strength >= 100:
        return None
    return dataclasses.replace(job.recipe, strength=min(100, job.recipe.strength + STRENGTH_STEP))


def softer(job: Job) -> Recipe | None:
    """Return the recipe with less of the style, None if there is no less."""
    if job.recipe.strength <= 0:
        return None
    return dataclasses.replace(job.recipe, strength=max(0, job.recipe.strength - STRENGTH_STEP))


def bigger(job: Job) -> Recipe | None:
    """Return the recipe with a size of at least half as much again as the picture has, None if it is the largest."""
    edge, sizes = max(job.report["size"]), [size for size in SIZES if size is not None]
    if edge >= sizes[-1]:
        return None
    return dataclasses.replace(job.recipe, size=next((size for size in sizes if size >= 1.5 * edge), sizes[-1]))


def remedied(job: Job) -> Recipe | None:
    """Return the recipe that suits a long or a blurred photo better; None where the job has no such advice."""
    match job.advice:
        case "content-long" if (job.recipe.size or 0) < LARGE:
            return dataclasses.replace(job.recipe, size=LARGE)
        case "content-blurred" if job.recipe.strokes != "large":
            return dataclasses.replace(job.recipe, strokes="large")
    return None


def recoloured(job: Job) -> Recipe:
    """Return the recipe in the content's own colours, or back in the style's."""
    return dataclasses.replace(job.recipe, colors="style" if job.recipe.colors == "content" else "content")

"""Recipe codes such as `K7Q-mosaic`, and the recipes that the buttons under a picture lead to.

A code is three characters for quality, size, strength and colours, a fourth where the strokes are not the normal ones
or it is a variation, and after the dash the style: a preset's name, or the key under which the store remembers where a
style's pictures can be fetched.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from bot.storage.models import Colors, Job, Quality, Recipe, Strokes

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters that look like digits
SIZES: tuple[int | None, ...] = (None, 256, 384, 512, 640, 768, 896, 1024, 1280, 1536, 2048)
STRENGTH_STEP = 15
VARIATIONS = 8
LARGE = 1024  # pixels: enough for the narrow side of a panorama
PRESET = "preset:"  # how a source names a preset; any other source is a file at Telegram
_KEY_LENGTH = 8
CODE = re.compile(
    rf"^(?P<recipe>[{ALPHABET}]{{3}})(?P<more>[{ALPHABET}]?)-(?P<style>[{ALPHABET}]{{{_KEY_LENGTH}}}|[a-z][a-z0-9-]{{1,29}})$"
)


@dataclass(frozen=True)
class Code:
    """What a recipe code says."""

    recipe: Recipe
    style: str


def encode(recipe: Recipe, style: str) -> str:
    """Return the code of a recipe with a style."""
    number = get_args(Quality).index(recipe.quality)
    number = number * 16 + SIZES.index(recipe.size)
    number = number * 128 + recipe.strength
    number = number * 4 + get_args(Colors).index(recipe.colors)
    more = recipe.variation * len(get_args(Strokes)) + get_args(Strokes).index(recipe.strokes)
    return f"{_letters(number, 3)}{ALPHABET[more] if more else ''}-{style}"


def decode(text: str) -> Code | None:
    """Return what a code says, None if it is none: it comes from a user."""
    found = CODE.fullmatch(text)
    if found is None:
        return None
    number = 0
    for letter in found["recipe"]:
        number = number * 32 + ALPHABET.index(letter)
    number, colors = divmod(number, 4)
    number, strength = divmod(number, 128)
    quality, size = divmod(number, 16)
    variation, strokes = divmod(ALPHABET.index(found["more"] or "0"), len(get_args(Strokes)))
    if colors >= len(get_args(Colors)) or strength > 100 or size >= len(SIZES) or variation >= VARIATIONS:
        return None
    if found["more"] == "0":  # one recipe has one code
        return None
    recipe = Recipe(
        quality=get_args(Quality)[quality],
        size=SIZES[size],
        strength=strength,
        colors=get_args(Colors)[colors],
        strokes=get_args(Strokes)[strokes],
        variation=variation,
    )
    return Code(recipe, found["style"])


def reference_of(styles: Sequence[str]) -> str:
    """Return what a code calls the style that comes from these sources.

    Not to be guessed: Telegram's ids of files are long, and only who has seen the code or the file can name it.
    """
    if len(styles) == 1 and styles[0].startswith(PRESET):
        return styles[0].removeprefix(PRESET)
    digest = hashlib.sha256("\n".join(styles).encode()).digest()
    return _letters(int.from_bytes(digest[:5]), _KEY_LENGTH)


def _letters(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def again(job: Job, chosen: Recipe) -> Recipe:
    """Return the recipe of today's settings; where these are still the job's, the next variation of its own."""
    if dataclasses.replace(job.recipe, variation=0) != chosen:
        return chosen
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
    """Return the recipe that does better by a photo that the coach has seen to be long or blurred, if there is one."""
    match job.advice:
        case "content-long" if (job.recipe.size or 0) < LARGE:
            return dataclasses.replace(job.recipe, size=LARGE)
        case "content-blurred" if job.recipe.strokes != "large":
            return dataclasses.replace(job.recipe, strokes="large")
    return None


def recoloured(job: Job) -> Recipe:
    """Return the recipe in the content's own colours, or back in the style's."""
    return dataclasses.replace(job.recipe, colors="style" if job.recipe.colors == "content" else "content")

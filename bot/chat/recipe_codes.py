"""Recipe codes such as `K7Q-mosaic`.

A code is three characters for quality, size, strength and colours, a fourth where the strokes are not the normal ones
or it is a variation, and after the dash the style: a preset's name, or the key under which the store remembers where a
style's pictures can be fetched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from bot.storage.models import Colors, Quality, Recipe, Source, Strokes, StyleRef

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters that look like digits
SIZES: tuple[int | None, ...] = (None, 256, 384, 512, 640, 768, 896, 1024, 1280, 1536, 2048)
VARIATIONS = 8
PRESET = "preset:"  # how a source names a preset; any other source is a file at Telegram
_KEY_LENGTH = 8
CODE = re.compile(
    rf"^(?P<recipe>[{ALPHABET}]{{3}})(?P<more>[{ALPHABET}]?)-(?P<style>[{ALPHABET}]{{{_KEY_LENGTH}}}|[a-z][a-z0-9-]{{1,29}})$"
)


@dataclass(frozen=True)
class Code:
    """What a recipe code says."""

    recipe: Recipe
    style: StyleRef


def encode(recipe: Recipe, style: StyleRef) -> str:
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
    return Code(recipe, StyleRef(found["style"]))


def reference_of(styles: Sequence[Source]) -> StyleRef:
    """Return how a code names the style of these sources; empty where one of them is unknown.

    A preset has its own name. Other styles get a part of their sources' SHA-256: Telegram's file ids are long, so
    only somebody who has seen the code or the file can name it.
    """
    if not styles or not all(styles):
        return StyleRef("")
    if len(styles) == 1 and styles[0].startswith(PRESET):
        return StyleRef(styles[0].removeprefix(PRESET))
    digest = hashlib.sha256("\n".join(styles).encode()).digest()
    return StyleRef(_letters(int.from_bytes(digest[:5]), _KEY_LENGTH))


def _letters(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))

"""The preset `sketch` combined with noise removal, enlargement and composition, and their orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations
from types import MappingProxyType
from typing import Any

from PIL import Image

from engine.combine.composition import crop_by_thirds
from engine.combine.denoise import DENOISERS, non_local_means
from engine.combine.enlarge import back_projection
from engine.options import preset
from engine.study.methods.frame import as_output, at_edge
from engine.study.methods.neural import stylized
from engine.study.records import Method, Work

TIMES = 2
"""How many times larger an enlarged output is than what is painted."""

Step = Callable[[Image.Image, Image.Image, Work], Image.Image]


def _combined(name: str, purpose: str, *, times: int = 1, **choices: Any) -> Method:
    """`sketch` with options of `engine.Options`, painted so that the output has the study's size."""

    def paint(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
        options = preset("sketch", size=work.size // times, upscale=times, seed=work.seed, **choices)
        return as_output(stylized(content, style, work, options), content, work.size)

    return Method(name, "combination", purpose, paint)


def _style_step(picture: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    return stylized(picture, style, work, preset("sketch", size=max(picture.size), seed=work.seed))


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "denoise": lambda picture, _, __: non_local_means(picture),
        "style": _style_step,
        "enlarge": lambda picture, _, __: back_projection(picture, TIMES),
    }
)
"""The steps whose orders are compared."""


def _ordered(order: tuple[str, ...]) -> Method:
    """All steps in an order, from a content of half the output's size."""

    def paint(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
        picture = at_edge(content, work.size // TIMES)
        for step in order:
            picture = STEPS[step](picture, style, work)
        return as_output(picture, content, work.size)

    return Method(f"order-{'-'.join(order)}", "combination", f"half the size, then {', '.join(order)}", paint)


METHODS = (
    *(
        _combined(f"denoise-{name}-before", f"noise removed by {name}, then sketch", denoise_content=name)
        for name in DENOISERS
    ),
    *(
        _combined(f"denoise-{name}-after", f"sketch, then noise removed by {name}", denoise_output=name)
        for name in DENOISERS
    ),
    *(
        _combined(f"double-{name}", f"sketch at half the size, then doubled by {name}", times=TIMES, enlarge=name)
        for name in ("lanczos", "back-projection", "strokes")
    ),
    replace(_combined("crop-thirds", "cropped by thirds, then sketch", crop="thirds"), composed=crop_by_thirds),
    *map(_ordered, permutations(STEPS)),
)

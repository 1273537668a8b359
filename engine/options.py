"""What a caller may choose, and the presets' recipes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal, get_args

from engine.errors import OptionsError

Colors = Literal["style", "content", "match"]
Init = Literal["content", "noise"]

SIZES = range(16, 4097)
"""Longest edges that are accepted, in pixels."""

UPSCALES = (1, 2, 4)
"""How many times an output can be enlarged by short passes."""

STYLE_SCALES = (0.25, 4)
"""Smallest and largest size of a style picture relative to the content's."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a preset paints: what no caller needs to choose. Weights multiply the losses of `engine.optimize.losses`."""

    purpose: str  # what the preset is for, in a few words
    size: int  # longest edge in pixels unless the caller asks for another (`crop`: the square's edge)
    iterations: tuple[int, ...]  # at each scale, coarse to fine
    optimizer: Literal["published", "lbfgs"] = "lbfgs"
    crop: bool = False  # resize the short edge and cut a square from the middle, as published
    exact: bool = False  # zero padding, float32 everywhere: arithmetic as published
    enlarging: int = 12  # iterations at each doubling of `Options.upscale`
    statistic: Literal["published", "gram", "wasserstein"] = "gram"  # of the style; see optimize.losses
    style_layers: tuple[tuple[str, float], ...] = (  # and weights
        ("relu1_1", 1.0),
        ("relu1_2", 1.0),
        ("relu2_1", 1.0),
        ("relu2_2", 1.0),
        ("relu3_1", 1.0),
        ("relu3_4", 1.0),
        ("relu4_1", 1.0),
        ("relu5_1", 1.0),
    )
    content_layers: tuple[tuple[str, float], ...] = (  # and weights: the first that is held has the only loss
        ("relu4_2", 0.1),
        ("relu3_4", 0.1),
        ("relu2_2", 0.08),
    )
    style_weight: float = 1.5
    tv_weight: float = 1.0

    @property
    def normalized(self) -> bool:
        """Whether each loss is divided by the mean square of its target, so that layers weigh alike."""
        return self.statistic != "published"


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "paper": Recipe(
            purpose="faithful to the published work: a 128 px square",
            size=128,
            iterations=(300,),
            optimizer="published",
            crop=True,
            exact=True,
            statistic="published",
            style_layers=tuple((f"conv{name}", 1.0) for name in ("1_1", "1_2", "2_1", "2_2", "3_1")),
            content_layers=(("conv2_2", 1.0),),
            style_weight=1e6,
            tv_weight=0.0,
        ),
        "sketch": Recipe(purpose="a first look in seconds", size=384, iterations=(40, 35, 25)),
        "standard": Recipe(purpose="a good picture", size=512, iterations=(80, 70, 60)),
        "fine": Recipe(purpose="the best picture the device can make", size=1024, iterations=(80, 70, 60, 50)),
    }
)


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise OptionsError(f"{message[0].upper()}{message[1:]}.")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _real(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a caller may choose for one picture; everything else is the preset's.

    Raises:
        OptionsError: A value lies outside its range.
    """

    preset: str = "standard"  # paper, sketch, standard or fine
    size: int | None = None  # longest edge of the output in pixels; None: the preset's (`paper`: the square's)
    upscale: int = 1  # 2 or 4: the output is so many times larger, by a short pass at each doubling
    strength: float = 80.0  # 0 the content .. 80 the recipe's own balance .. 100 style above all
    init: Init = "content"  # where a run begins: the content, or noise of the seed
    style_scale: float = 1.0  # size of the strokes: 0.25 finer .. 4 larger, relative to the picture
    colors: Colors = "style"  # style: the style's; content: the content's; match: the style in the content's palette
    seed: int = 0  # same seed, same device, same picture
    style_weights: tuple[float, ...] = ()  # share of each style picture; empty: equal shares
    iterations: int | None = None  # in all scales together; None: the preset's
    custom: Recipe | None = None  # painted by instead of the preset's recipe, for experiments

    def __post_init__(self) -> None:
        _check(self.preset in RECIPES, f"preset must be one of {', '.join(RECIPES)}, not {self.preset!r}")
        _check(
            self.size is None or (_whole(self.size) and self.size in SIZES),
            f"size must be a whole number of pixels from {SIZES[0]} to {SIZES[-1]}, not {self.size!r}",
        )
        _check(self.upscale in UPSCALES, f"upscale must be {' or '.join(map(str, UPSCALES))}, not {self.upscale!r}")
        _check(
            _real(self.strength) and 0 <= self.strength <= 100,
            f"strength must be a number from 0 to 100, not {self.strength!r}",
        )
        _check(
            _real(self.style_scale) and STYLE_SCALES[0] <= self.style_scale <= STYLE_SCALES[1],
            f"style_scale must be a number from {STYLE_SCALES[0]} to {STYLE_SCALES[1]}, not {self.style_scale!r}",
        )
        _check(self.colors in get_args(Colors), f"colors must be style, content or match, not {self.colors!r}")
        _check(self.init in get_args(Init), f"init must be content or noise, not {self.init!r}")
        _check(_whole(self.seed) and 0 <= self.seed < 2**63, f"seed must be a whole number from 0, not {self.seed!r}")
        _check(
            all(_real(weight) and weight >= 0 for weight in self.style_weights)
            and (not self.style_weights or sum(self.style_weights) > 0),
            "style_weights must be numbers from 0 upwards, at least one above 0",
        )
        _check(
            self.iterations is None or (_whole(self.iterations) and 1 <= self.iterations <= 100_000),
            f"iterations must be a whole number from 1 to 100000, not {self.iterations!r}",
        )
        _check(self.custom is None or isinstance(self.custom, Recipe), f"custom must be a Recipe, not {self.custom!r}")
        _check(
            self.longest_edge in SIZES,
            f"size times upscale must be {SIZES[-1]} pixels at most, not {self.longest_edge}",
        )

    @property
    def recipe(self) -> Recipe:
        """The preset's recipe, or the custom one."""
        return self.custom or RECIPES[self.preset]

    @property
    def longest_edge(self) -> int:
        """Size of the output in pixels: the caller's, else the preset's, and enlarged."""
        return (self.size or self.recipe.size) * self.upscale


PRESETS: Mapping[str, Options] = MappingProxyType({name: Options(preset=name) for name in RECIPES})
"""Each preset's name and its options untouched."""


def preset(name: str, **overrides: Any) -> Options:
    """Options of a preset with some of them changed; an override of None keeps the preset's value.

    Raises:
        OptionsError: No such preset or option, or a value outside its range.
    """
    known = {field.name for field in fields(Options)} - {"preset"}
    unknown = sorted(set(overrides) - known)
    _check(not unknown, f"there is no option {', '.join(unknown)}; the options are {', '.join(sorted(known))}")
    return Options(preset=name, **{key: value for key, value in overrides.items() if value is not None})

"""The options of a caller, and the presets with their hyperparameters."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal, get_args

from engine.errors import OptionsError

Colors = Literal["style", "content", "match"]
Init = Literal["content", "noise"]
Denoiser = Literal["nlm", "tv", "wavelet"]
Enlarger = Literal["strokes", "lanczos", "back-projection"]

SIZES = range(16, 4097)
"""Longest edges in pixels that are accepted."""

UPSCALES = (1, 2, 4)
"""Accepted values of `Options.upscale`."""

STYLE_SCALES = (0.25, 4)
"""Smallest and largest accepted value of `Options.style_scale`."""

MAX_ASPECT = 10
"""How many times longer one edge may be made than the other."""


@dataclass(frozen=True, kw_only=True)
class Hyperparameters:
    """How a preset paints, beyond what callers choose. The weights multiply the losses of `engine.optimize.losses`."""

    purpose: str  # what the preset is for, in a few words
    size: int  # longest edge in pixels unless the caller chooses another (with `square` the square's edge)
    iterations: tuple[int, ...]  # of each scale, coarse to fine
    optimizer: Literal["published", "lbfgs", "adam"] = "lbfgs"  # see optimize.optimizers
    pooling: Literal["max", "average"] = "max"  # of the network
    square: bool = False  # resize the short edge and crop a square from the middle, as published
    exact: bool = False  # compute as published: zero padding, float32 everywhere
    upscale_iterations: int = 12  # at each doubling of `Options.upscale`
    statistic: Literal["published", "gram", "wasserstein"] = "gram"  # the style loss; see optimize.losses
    style_layers: tuple[tuple[str, float], ...] = (  # name and weight of each
        ("relu1_1", 1.0),
        ("relu1_2", 1.0),
        ("relu2_1", 1.0),
        ("relu2_2", 1.0),
        ("relu3_1", 1.0),
        ("relu3_4", 1.0),
        ("relu4_1", 1.0),
        ("relu5_1", 1.0),
    )
    content_layers: tuple[tuple[str, float], ...] = (  # name and weight; the first that the weights contain is used
        ("relu3_4", 0.1),
        ("relu2_2", 0.08),
    )
    style_weight: float = 1.5
    tv_weight: float = 1.0
    corrected: bool = True  # whether runs correct the style weight by how far they move the picture

    @property
    def normalized(self) -> bool:
        """Whether each loss is divided by its target's mean square, which gives layers equal influence."""
        return self.statistic != "published"


HYPERPARAMETERS: Mapping[str, Hyperparameters] = MappingProxyType(
    {
        "paper": Hyperparameters(
            purpose="faithful to the published work: a 128 px square",
            size=128,
            iterations=(300,),
            optimizer="published",
            square=True,
            exact=True,
            statistic="published",
            style_layers=tuple((f"conv{name}", 1.0) for name in ("1_1", "1_2", "2_1", "2_2", "3_1")),
            content_layers=(("conv2_2", 1.0),),
            style_weight=1e6,
            tv_weight=0.0,
            corrected=False,
        ),
        "sketch": Hyperparameters(purpose="a first look in seconds", size=384, iterations=(40, 35, 25)),
        "standard": Hyperparameters(purpose="a good picture", size=512, iterations=(80, 70, 32)),
        "fine": Hyperparameters(purpose="the best picture the device can make", size=1024, iterations=(80, 70, 60, 50)),
    }
)


def _check(condition: bool, message: str) -> None:
    if not condition:
        raise OptionsError(f"{message[0].upper()}{message[1:]}.")


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def aspect_ratio(text: str, name: str = "the aspect ratio") -> float:
    """Width divided by height of an aspect ratio such as 4:5.

    Args:
        text: Two numbers and a colon.
        name: What the error calls it.

    Raises:
        OptionsError: It is none, or one edge is more than `MAX_ASPECT` times as long as the other.
    """
    numbers = text.split(":") if isinstance(text, str) else []
    edges = [float(number) for number in numbers if re.fullmatch(r"\d{1,5}(\.\d{1,5})?", number, re.ASCII)]
    correct = len(edges) == len(numbers) == 2 and 0 < max(edges) <= MAX_ASPECT * min(edges)
    _check(correct, f"{name} must be two numbers such as 4:5, {MAX_ASPECT}:1 at most, not {text!r}")
    return edges[0] / edges[1]


_CHOICES: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {
        "upscale": UPSCALES,
        "enlarge": get_args(Enlarger),
        "colors": get_args(Colors),
        "init": get_args(Init),
        "denoise_content": (None, *get_args(Denoiser)),
        "denoise_output": (None, *get_args(Denoiser)),
    }
)

_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"strength": (0, 100), "style_scale": STYLE_SCALES, "rotate": (-360, 360)}
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a caller chooses for one picture; everything else follows from the preset.

    The content is first composed (`rotate`, `mirror`, `crop`, `extend`, in this order); masks and a start picture are
    of the composed content's shape.

    Raises:
        OptionsError: A value lies outside its range.
    """

    preset: str = "standard"  # paper, sketch, standard or fine
    size: int | None = None  # longest edge of the output in pixels, before upscaling; None: the preset's
    upscale: int = 1  # 2 or 4: the output is so many times larger
    enlarge: Enlarger = "strokes"  # how: each doubling is followed by a few iterations; or by a filter, at the end
    strength: float = 80.0  # 0 the content .. 80 the preset's own style weight .. 100 nearly all style
    init: Init = "content"  # what the optimisation begins with: the content, or noise of the seed
    style_scale: float = 1.0  # size of the strokes relative to the picture: 0.25 finer .. 4 larger
    colors: Colors = "style"  # of the output: style, content, or match: the style mapped to the content's palette
    rotate: float = 0.0  # degrees counterclockwise, -360..360; what would have empty corners is cropped
    mirror: bool = False  # left becomes right
    crop: str | None = None  # an aspect ratio such as 4:5, or thirds: the subject where lines at the thirds meet
    extend: str | None = None  # an aspect ratio, to which the canvas is extended by parts that mirror the picture
    denoise_content: Denoiser | None = None  # remove noise before painting: nlm, tv or wavelet
    denoise_output: Denoiser | None = None  # remove noise after it
    seed: int = 0  # from 0; the same seed on the same device gives the same picture
    style_weights: tuple[float, ...] = ()  # for each style picture, from 0, relative to the others; empty: equal
    iterations: int | None = None  # 1..100000, in all scales together; None: the preset's
    custom: Hyperparameters | None = None  # used instead of the preset's, for experiments

    def __post_init__(self) -> None:
        _check(
            self.preset in HYPERPARAMETERS, f"preset must be one of {', '.join(HYPERPARAMETERS)}, not {self.preset!r}"
        )
        _check(
            self.custom is None or isinstance(self.custom, Hyperparameters),
            f"custom must be Hyperparameters, not {self.custom!r}",
        )
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            _check(value in choices, f"{name} must be {' or '.join(map(str, choices))}, not {value!r}")
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            correct = _is_number(value) and low <= value <= high
            _check(correct, f"{name} must be a number from {low} to {high}, not {value!r}")
        self._check_whole_numbers()
        _check(
            all(_is_number(weight) and weight >= 0 for weight in self.style_weights)
            and (not self.style_weights or sum(self.style_weights) > 0),
            "style_weights must be numbers from 0 upwards, at least one above 0",
        )
        _check(isinstance(self.mirror, bool), f"mirror must be True or False, not {self.mirror!r}")
        if self.crop is not None and self.crop != "thirds":
            aspect_ratio(self.crop, "crop, unless it is thirds,")
        if self.extend is not None:
            aspect_ratio(self.extend, "extend")

    def _check_whole_numbers(self) -> None:
        _check(
            self.size is None or (_is_integer(self.size) and self.size in SIZES),
            f"size must be a whole number of pixels from {SIZES[0]} to {SIZES[-1]}, not {self.size!r}",
        )
        _check(
            self.longest_edge in SIZES,
            f"size times upscale must be {SIZES[-1]} pixels at most, not {self.longest_edge}",
        )
        _check(
            _is_integer(self.seed) and 0 <= self.seed < 2**63, f"seed must be a whole number from 0, not {self.seed!r}"
        )
        _check(
            self.iterations is None or (_is_integer(self.iterations) and 1 <= self.iterations <= 100_000),
            f"iterations must be a whole number from 1 to 100000, not {self.iterations!r}",
        )

    @property
    def hyperparameters(self) -> Hyperparameters:
        """The preset's hyperparameters, or the custom ones."""
        return self.custom or HYPERPARAMETERS[self.preset]

    @property
    def longest_edge(self) -> int:
        """Longest edge of the output in pixels, after upscaling."""
        return (self.size or self.hyperparameters.size) * self.upscale

    @property
    def painted_edge(self) -> int:
        """Longest edge of the largest scale in pixels: the output's, unless a filter enlarges the output."""
        return self.longest_edge if self.enlarge == "strokes" else self.longest_edge // self.upscale


PRESETS: Mapping[str, Options] = MappingProxyType({name: Options(preset=name) for name in HYPERPARAMETERS})
"""The presets by name, with all options at their defaults."""


def preset(name: str, **overrides: Any) -> Options:
    """Make the options of a preset.

    Args:
        name: paper, sketch, standard or fine.
        overrides: Values of other fields of `Options`; None keeps the default.

    Raises:
        OptionsError: There is no such preset or option, or a value lies outside its range.
    """
    known = {field.name for field in fields(Options)} - {"preset"}
    unknown = sorted(set(overrides) - known)
    _check(not unknown, f"there is no option {', '.join(unknown)}; the options are {', '.join(sorted(known))}")
    return Options(preset=name, **{key: value for key, value in overrides.items() if value is not None})

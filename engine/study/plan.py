"""What a study paints: all pairs by all methods, reruns with another seed, and grids of parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import MappingProxyType

from engine.errors import EngineError
from engine.study.methods import GRIDS, METHODS, grid
from engine.study.pictures.gather import Picture, Pictures
from engine.study.pictures.sides import Side
from engine.study.records import Family, Method, Painted, Parameters


@dataclass(frozen=True)
class Profile:
    """How much a study does.

    Attributes:
        size: Longest edge of the outputs in pixels.
        most: Contents and styles that are taken.
        rerun_pairs: So many pairs are painted again with another seed, for the noise floor.
        grid_pairs: So many pairs are painted over the grids of parameters.
        grids: Names of these grids.
        left_out: Methods that it does not compare, because they take too long.
        pairs: So many pairs are compared, chosen so that contents and styles come equally often; None: all.
    """

    size: int
    most: Mapping[Side, int]
    rerun_pairs: int
    grid_pairs: int
    grids: tuple[str, ...]
    left_out: frozenset[str] = frozenset()
    pairs: int | None = None


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "quick": Profile(
            size=80,
            most={"content": 3, "style": 4},
            rerun_pairs=1,
            grid_pairs=1,
            grids=("ratio",),
            left_out=frozenset(
                {
                    *("fine", "before-relu", "one-scale", "content-relu1_1", "content-relu2_1", "content-relu3_1"),
                    *("denoise-tv-before", "denoise-tv-after", "denoise-wavelet-before", "denoise-wavelet-after"),
                    *("double-lanczos", "double-strokes", "crop-thirds"),
                }
            ),
        ),
        "full": Profile(
            size=160,
            most={"content": 6, "style": 6},
            rerun_pairs=2,
            grid_pairs=3,
            grids=tuple(GRIDS),
        ),
    }
)


@dataclass(frozen=True)
class Task:
    """One picture to paint, as it is handed to a child process.

    Attributes:
        content: What is painted.
        style: How.
        method: By what; see `method_of`.
        family: Of the method.
        parameters: Of the method.
        seed: Of everything random.
        size: Longest edge of the output in pixels.
    """

    content: Picture
    style: Picture
    method: str
    family: Family
    parameters: Parameters
    seed: int
    size: int

    @property
    def key(self) -> str:
        """What tells its output from all others of the study: the file's name without suffix."""
        pair = f"{Path(self.content.file).stem}_{Path(self.style.file).stem}"
        parameters = "".join(f"_{name}={value}" for name, value in self.parameters.items())
        return f"{pair}_{self.method}{parameters}_seed{self.seed}"

    def row(self) -> Painted:
        """Return its row of the results before anything is known of its output."""
        return Painted(
            content=self.content.name,
            style=self.style.name,
            method=self.method,
            family=self.family,
            parameters=dict(self.parameters),
            seed=self.seed,
            size=self.size,
        )


def method_of(name: str, parameters: Parameters) -> Method:
    """Return the method of a name: one of the registry, or the point of a grid with these parameters."""
    if name in METHODS:
        return METHODS[name]
    [(parameter, value)] = parameters.items()
    return grid(parameter, [value])[0]


@dataclass(frozen=True)
class Chosen:
    """What a study compares.

    Attributes:
        methods: In the order of the registry.
        grids: Parameters that are varied.
    """

    methods: tuple[Method, ...]
    grids: tuple[str, ...]


def choose(names: Collection[str], profile: Profile) -> Chosen:
    """Return the methods and grids of these names, `grid-tv` for one; without names, those of the profile.

    Raises:
        EngineError: There is no method of one of the names.
    """
    if not names:
        methods = (method for name, method in METHODS.items() if name not in profile.left_out)
        return Chosen(tuple(methods), profile.grids)
    if unknown := sorted(set(names) - {*METHODS, *(f"grid-{parameter}" for parameter in GRIDS)}):
        raise EngineError(f"There is no method {', '.join(unknown)}; `vitrage-engine methods` lists them.")
    methods = (method for name, method in METHODS.items() if name in names)
    return Chosen(tuple(methods), tuple(parameter for parameter in GRIDS if f"grid-{parameter}" in names))


def plan(pictures: Pictures, chosen: Chosen, profile: Profile, seed: int) -> list[Task]:
    """List what is painted, first the comparison, pair by pair, so that an interrupted study has whole pairs."""
    pairs = _diagonal(pictures)[: profile.pairs]
    methods = [method for method in chosen.methods if method.missing() is None]
    points = [point for parameter in chosen.grids for point in grid(parameter)]

    def tasks(some: int, methods: Sequence[Method], seed: int) -> Iterator[Task]:
        for (content, style), method in product(pairs[:some], methods):
            parameters = dict(method.parameters)
            yield Task(content, style, method.name, method.family, parameters, seed, profile.size)

    return [
        *tasks(len(pairs), methods, seed),
        *tasks(profile.rerun_pairs, methods, seed + 1),
        *tasks(profile.grid_pairs, points, seed),
    ]


def _diagonal(pictures: Pictures) -> list[tuple[Picture, Picture]]:
    """Return all pairs so that the first ones hold every content and every style."""
    contents, styles = pictures.sides["content"], pictures.sides["style"]
    indices = sorted(
        product(range(len(contents)), range(len(styles))),
        key=lambda pair: ((pair[1] - pair[0]) % len(styles), pair[0]),
    )
    return [(contents[content], styles[style]) for content, style in indices]

"""The preset `sketch` over ranges of one parameter. Methods of one grid share a name and differ in their parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from PIL import Image

from engine.errors import OptionsError
from engine.options import HYPERPARAMETERS, Hyperparameters, Options, preset
from engine.study.methods.frame import as_output
from engine.study.methods.neural import stylized
from engine.study.records import Method, Work

Value = float | int | str

SKETCH = HYPERPARAMETERS["sketch"]


def grid(parameter: str, values: Sequence[Value] = ()) -> list[Method]:
    """Make a method for each value of a parameter.

    Args:
        parameter: One of `GRIDS`.
        values: In its range; empty: those of `GRIDS`.

    Raises:
        OptionsError: There is no such parameter.
    """
    if parameter not in GRIDS:
        raise OptionsError(f"There is no grid of {parameter}; choose one of {', '.join(GRIDS)}.")
    return [
        Method(
            f"grid-{parameter}",
            "ablation",
            f"sketch over its {parameter.replace('_', ' ')}",
            partial(_paint, parameter, value),
            {parameter: value},
        )
        for value in values or GRIDS[parameter]
    ]


def _paint(parameter: str, value: Value, content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    options = _CHANGES[parameter](preset("sketch", size=work.size, seed=work.seed), value)
    return as_output(stylized(content, style, work, options), content, work.size)


def _with(options: Options, **changes: object) -> Options:
    """Options with other hyperparameters."""
    custom: Hyperparameters = replace(options.hyperparameters, **changes)  # type: ignore[arg-type]
    return replace(options, custom=custom)


def _with_content_weight(options: Options, value: Value) -> Options:
    return _with(options, content_layers=tuple((layer, float(value)) for layer, _ in SKETCH.content_layers))


def _with_layers(options: Options, value: Value) -> Options:
    layers = [layer for layer, _ in SKETCH.style_layers]
    if value not in layers:
        raise OptionsError(f"The deepest style layer must be one of {', '.join(layers)}, not {value}.")
    return _with(options, style_layers=SKETCH.style_layers[: layers.index(str(value)) + 1])


_CHANGES: Mapping[str, Callable[[Options, Value], Options]] = MappingProxyType(
    {
        "content_weight": _with_content_weight,
        "style_weight": lambda options, value: _with(options, style_weight=float(value)),
        "ratio": lambda options, value: _with(options, style_weight=SKETCH.style_weight * float(value)),
        "tv": lambda options, value: _with(options, tv_weight=float(value)),
        "iterations": lambda options, value: replace(options, iterations=int(value)),
        "layers": _with_layers,
        "size": lambda options, value: replace(options, size=int(value)),
        "init": lambda options, value: replace(options, init=value),  # type: ignore[arg-type]
    }
)

GRIDS: Mapping[str, tuple[Value, ...]] = MappingProxyType(
    {
        "content_weight": (0.001, 0.01, 0.1, 1.0, 10.0),
        "style_weight": (0.015, 0.15, 1.5, 15.0, 150.0),
        "ratio": (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0),
        "tv": (0.0, 0.1, 1.0, 10.0, 100.0),
        "iterations": (10, 30, 100, 300),
        "layers": ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1"),
        "size": (64, 128, 256, 512),
        "init": ("content", "noise"),
    }
)
"""Parameter to its usual values.

content_weight, style_weight, tv: Weights of the losses.
ratio: Of style to content weight, relative to the preset's: six decades.
iterations: In all scales together.
layers: The deepest layer of the style losses, which all begin at relu1_1.
size: Longest edge in pixels that is painted; the output is resized from it.
init: What the optimisation begins with.
"""

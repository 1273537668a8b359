"""The preset `sketch` with one thing changed at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PIL import Image

from engine.options import HYPERPARAMETERS, preset
from engine.study.methods.neural import stylized
from engine.study.records import Method, Work

SKETCH = HYPERPARAMETERS["sketch"]


def _ablation(name: str, purpose: str, **changes: Any) -> Method:
    """`sketch` with other hyperparameters; `changes` are fields of `engine.options.Hyperparameters`."""

    def paint(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
        custom = replace(SKETCH, **changes)
        return stylized(content, style, work, preset("sketch", size=work.size, seed=work.seed, custom=custom))

    return Method(name, "ablation", purpose, paint)


def _one_scale(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """All iterations of the scales at the size of the output."""
    from engine.optimize.schedule import make_schedule

    options = preset("sketch", size=work.size, seed=work.seed)
    iterations = sum(count for _, count in make_schedule(content.size, options))
    custom = replace(SKETCH, size=work.size, iterations=(iterations,))
    return stylized(content, style, work, replace(options, custom=custom))


def _from_noise(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """The one neural method whose output depends on the seed: the others begin with the content."""
    return stylized(content, style, work, preset("sketch", size=work.size, seed=work.seed, init="noise"))


def _before_relu(layers: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    return tuple((layer.replace("relu", "conv"), weight) for layer, weight in layers)


METHODS = (
    _ablation(
        "before-relu",
        "sketch with losses before the ReLU",
        style_layers=_before_relu(SKETCH.style_layers),
        content_layers=_before_relu(SKETCH.content_layers),
    ),
    _ablation("average-pooling", "sketch with average pooling", pooling="average"),
    Method("one-scale", "ablation", "sketch at the output's size alone, as many iterations", _one_scale),
    Method("from-noise", "ablation", "sketch that begins with noise of the seed", _from_noise),
    _ablation("adam", "sketch by Adam", optimizer="adam"),
    _ablation("wasserstein", "sketch with the Wasserstein-2 style loss", statistic="wasserstein"),
    *(
        _ablation(f"content-{layer}", f"sketch with its content at {layer}", content_layers=((layer, 0.1),))
        for layer in ("relu1_1", "relu2_1", "relu3_1")
    ),
)

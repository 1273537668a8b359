"""How long a run will take on this device: forecast from two small evaluations, which are measured once."""

from __future__ import annotations

import math
import time

import torch

from engine.model import Model
from engine.network.machine import machine, remembered
from engine.optimize.graphs import recorded
from engine.optimize.objective import Extractor, Objective, choose_layers
from engine.optimize.schedule import make_schedule
from engine.options import Hyperparameters, Options
from engine.sizes import Size, fit

EDGES = (64, 160)
"""Longest edges in pixels of the pictures whose evaluations are measured."""

SHAPE: Size = (4, 3)
"""The shape of pictures that are measured, and that are forecast where no other is named."""

OVERHEAD = {"published": 1.4, "lbfgs": 1.15, "adam": 1.15}
"""How many times as long as its evaluation an iteration takes, by optimiser; the published one remembers 100 steps."""


PREPARATION = 0.1
"""Seconds in which pictures are resized and recoloured, on one core whatever the device."""


def forecast(model: Model, options: Options, content: Size = SHAPE) -> float:
    """Return the seconds that a run will take, loading and encoding not counted.

    An evaluation is taken to cost a fixed time and one for each pixel. Both are measured when they are asked for first,
    and remembered in `speed.json` beside the downloaded weights, for this device and network.

    Args:
        model: What will paint.
        options: As the run will have them.
        content: Width and height of the content; only their ratio counts.
    """
    fixed, per_pixel = _costs(model, options.hyperparameters)
    evaluations = [(math.prod(size), steps) for size, steps in make_schedule(content, options)]
    seconds = sum(steps * (fixed + per_pixel * pixels) for pixels, steps in evaluations)
    return PREPARATION + seconds * OVERHEAD[options.hyperparameters.optimizer]


def _costs(model: Model, hyperparameters: Hyperparameters) -> tuple[float, float]:
    """Return the seconds of an evaluation without pixels, and those for each pixel."""
    how = hyperparameters
    layers, dtype = choose_layers(how, model.layers), model.dtype(exact=how.exact)
    network = f"{model.weights} to {layers.deepest}, {dtype}, {model.kernels(dtype)}, {how.statistic}, {how.pooling}"
    key = f"{machine(model.device)} | {network}"

    def measure() -> list[float]:
        features = model.features(exact=how.exact, pooling=how.pooling)
        extractor = Extractor(features, layers, first_moments=how.statistic == "wasserstein")
        small, large = (_seconds(extractor, how, fit(SHAPE, edge)) for edge in EDGES)
        pixels, more_pixels = (math.prod(fit(SHAPE, edge)) for edge in EDGES)
        per_pixel = max(0.0, large - small) / (more_pixels - pixels)
        return [max(0.0, small - per_pixel * pixels), per_pixel]

    def valid(known: object) -> bool:
        numbers = known if isinstance(known, list) else []
        return len(numbers) == 2 and all(isinstance(number, float) and number >= 0 for number in numbers)

    fixed, per_pixel = model.cached(key, lambda: remembered(model.folder / "speed.json", key, measure, valid))
    return fixed, per_pixel


def _seconds(extractor: Extractor, hyperparameters: Hyperparameters, size: Size) -> float:
    """Return the seconds of an evaluation: the shortest of four, after those that make what later ones use again."""
    device = extractor.features.device
    content = torch.linspace(0, 1, 3 * math.prod(size)).view(1, 3, size[1], size[0])
    content = content.to(device, extractor.features.picture_dtype)
    objective = Objective(
        extractor,
        hyperparameters,
        content=content,
        target=extractor.style_moments(content.flip(3)),
        style_weight_factors=torch.ones(1, device=device, dtype=content.dtype),
    )
    evaluate = recorded(objective, content, tiled=False, statistic=hyperparameters.statistic)
    warm_up = 1 if evaluate is objective else 2  # a graph is recorded in the second evaluation
    took = []
    for _ in range(warm_up + 4):
        began = time.perf_counter()
        evaluate(content)[0].tolist()  # which waits for the device
        took.append(time.perf_counter() - began)
    return min(took[warm_up:])

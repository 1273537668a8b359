"""How large a picture a device can paint, told in advance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from engine.model import Model, device_named, fast_dtype
from engine.network.memory import LADDER, SPARE, Means, free_memory, needed_memory
from engine.network.vgg import CONVOLUTIONS, convolution_of
from engine.optimize.canvas import Painting
from engine.optimize.objective import choose_layers
from engine.options import SIZES

ALL = tuple(name for name in CONVOLUTIONS if name <= "conv5_1")
"""The convolutions that the presets look at, with full weights."""


def max_size(device: str = "auto", *, tiles: bool = True) -> int:
    """The longest edge of a square picture that the memory which is free now is enough for, with full weights.

    Args:
        device: As `load_model` takes it.
        tiles: Whether tiles count, which take half as long again; otherwise the picture is measured whole.

    Returns:
        Pixels; 0 where not even the smallest picture fits, and no more than what options accept.

    Raises:
        EngineError: There is no such device.
    """
    device = device_named(device)
    have, itemsize = SPARE * free_memory(device), fast_dtype(device).itemsize
    tile = LADDER[-1].tile if tiles else 0

    def fits(edge: int) -> bool:
        return needed_memory(edge * edge, ALL, itemsize, tile) <= have

    low, high = 0, SIZES[-1]
    while low < high:
        middle = math.ceil((low + high) / 2)
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low if low in SIZES else 0


def affordable(model: Model, paintings: Sequence[Painting]) -> list[Means]:
    """Ways to paint these together that are expected to fit into the memory, best first; the last in any case."""
    recipe = paintings[0].options.recipe
    layers = choose_layers(recipe, model.layers)
    names = list(CONVOLUTIONS)[: list(CONVOLUTIONS).index(convolution_of(layers.deepest)) + 1]
    pixels = sum(math.prod(painting.size) for painting in paintings)
    have, dtype = SPARE * free_memory(model.device), model.dtype(exact=recipe.exact)

    def fits(means: Means) -> bool:
        if means.bfloat16 and not means.tile and dtype == torch.bfloat16:
            return False  # that is what was tried before
        itemsize = torch.bfloat16.itemsize if means.bfloat16 else dtype.itemsize
        return needed_memory(pixels, names, itemsize, means.tile) <= have

    return [*filter(fits, LADDER[:-1]), LADDER[-1]]

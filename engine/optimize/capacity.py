"""The largest picture that a device can paint, and the memory plans that fit it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.model import Model, fast_dtype, resolve_device
from engine.network.layers import CONVOLUTIONS, convolution_of
from engine.network.memory import FALLBACKS, FULL, USABLE_SHARE, MemoryPlan, free_memory, needed_memory
from engine.optimize.canvas import Canvas
from engine.optimize.objective import choose_layers
from engine.options import SIZES

PRESET_CONVOLUTIONS = tuple(name for name in CONVOLUTIONS if name <= "conv5_1")
"""The convolutions that the presets' losses need, with full weights."""


def max_size(device: str = "auto", *, tiles: bool = True) -> int:
    """Longest edge of a square picture that fits into the memory which is free now, with full weights.

    Args:
        device: As `load_model` takes it.
        tiles: Whether painting in tiles, which takes half as long again, may be assumed.

    Returns:
        Pixels; 0 where not even the smallest picture fits, and at most the largest size that options accept.

    Raises:
        EngineError: There is no such device.
    """
    device = resolve_device(device)
    usable, itemsize = USABLE_SHARE * free_memory(device), fast_dtype(device).itemsize
    tile = FALLBACKS[-1].tile if tiles else 0

    def fits(edge: int) -> bool:
        return needed_memory(edge * edge, PRESET_CONVOLUTIONS, itemsize, tile) <= usable

    low, high = 0, SIZES[-1]
    while low < high:
        middle = math.ceil((low + high) / 2)
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low if low in SIZES else 0


def affordable_plans(model: Model, canvases: Sequence[Canvas]) -> list[MemoryPlan]:
    """Memory plans that are expected to fit for a batch, best first; the last fallback is always among them."""
    hyperparameters = canvases[0].options.hyperparameters
    layers = choose_layers(hyperparameters, model.layers)
    names = list(CONVOLUTIONS)[: list(CONVOLUTIONS).index(convolution_of(layers.deepest)) + 1]
    pixels = sum(math.prod(canvas.size) for canvas in canvases)
    usable, dtype = USABLE_SHARE * free_memory(model.device), model.dtype(exact=hyperparameters.exact)

    def fits(plan: MemoryPlan) -> bool:
        if plan.half and not plan.tile and dtype.itemsize == 2:
            return False  # the same as FULL, which has been tried before
        itemsize = 2 if plan.half else dtype.itemsize
        return needed_memory(pixels, names, itemsize, plan.tile) <= usable

    return [*filter(fits, (FULL, *FALLBACKS[:-1])), FALLBACKS[-1]]

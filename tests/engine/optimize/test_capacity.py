"""What is done where memory is short, and the largest size that fits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from PIL import Image

import engine
from engine.network.memory import FALLBACKS, FULL, free_memory, needed_memory
from engine.optimize.capacity import PRESET_CONVOLUTIONS

PLANS = (FULL, *FALLBACKS)

NUMBERED_PLANS = list(enumerate(PLANS))


def hungry(times: int) -> Callable[[object], None]:
    """Make an `on_progress` that allocates four petabytes in its first `times` calls, so that the allocator fails."""
    wishes = iter(range(times))

    def ask(_: object) -> None:
        if next(wishes, None) is not None:
            torch.empty(10**15)

    return ask


@pytest.mark.parametrize(
    ("failures", "note", "size"), [(n, plan.note, 96 // plan.shrink) for n, plan in NUMBERED_PLANS]
)
def test_an_allocation_that_fails_is_made_up_for_and_reported(
    failures: int, note: str, size: int, cat: Image.Image, glass: Image.Image
) -> None:
    model = engine.load_model("builtin", "cpu", precision="float32")
    options = engine.preset("sketch", size=96, iterations=3)
    result = engine.stylize(cat, [glass], options, model=model, on_progress=hungry(failures))
    found = [each for each in result.report.notes if "memory is short" in each]
    assert found == ([note] if note else [])
    assert max(result.image.size) == size


def test_where_nothing_helps_one_sentence_says_what_to_do(cat: Image.Image, glass: Image.Image) -> None:
    model = engine.load_model("builtin", "cpu", precision="float32")
    options = engine.preset("sketch", size=96, iterations=3)
    with pytest.raises(engine.OutOfMemoryError, match=r"too little memory for this picture; choose a smaller size\.$"):
        engine.stylize(cat, [glass], options, model=model, on_progress=hungry(len(PLANS)))
    again = engine.stylize(cat, [glass], options, model=model)  # the model can still be used
    assert max(again.image.size) == 96


def test_the_largest_size_is_told_in_advance() -> None:
    whole, tiled = engine.max_size("cpu", tiles=False), engine.max_size("cpu")
    assert 0 < whole <= tiled <= 4096
    assert needed_memory(whole * whole, PRESET_CONVOLUTIONS, 2) < free_memory("cpu") * 1.1
    with pytest.raises(engine.EngineError, match="no device"):
        engine.max_size("cuda:77")

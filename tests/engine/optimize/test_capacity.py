"""Memory: what a picture needs, what is done when there is too little, how large it may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from PIL import Image

import engine
from engine.network.memory import LADDER, free_memory, memory_errors, needed_memory, network_bytes
from engine.network.vgg import CONVOLUTIONS
from engine.optimize.capacity import ALL

RUNGS = list(enumerate(LADDER))


def hungry(times: int) -> Callable[[object], None]:
    """Ask for four petabytes in the middle of a painting, so many times: the failures are the allocator's own."""
    wishes = iter(range(times))

    def ask(_: object) -> None:
        if next(wishes, None) is not None:
            torch.empty(10**15)

    return ask


@pytest.mark.parametrize(("failures", "note", "size"), [(n, means.note, 96 // means.shrink) for n, means in RUNGS])
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
        engine.stylize(cat, [glass], options, model=model, on_progress=hungry(len(LADDER)))
    again = engine.stylize(cat, [glass], options, model=model)  # the model has come to no harm
    assert max(again.image.size) == 96


def test_the_network_needs_under_800_bytes_a_pixel_in_bfloat16_with_the_canvas() -> None:
    assert needed_memory(10**6, ALL, 2) <= 800 * 10**6
    assert network_bytes(ALL, 4) == 2 * network_bytes(ALL, 2)


def test_tiles_need_less_and_the_ladder_goes_down() -> None:
    names = [name for name in CONVOLUTIONS if name <= "conv3_4"]
    needs = [
        needed_memory(4096 * 4096 // means.shrink**2, names, 2 if means.bfloat16 else 4, means.tile) for means in LADDER
    ]
    assert needs == sorted(needs, reverse=True)
    assert needs[-1] < needs[0] / 10


def test_the_largest_size_is_told_in_advance() -> None:
    whole, tiled = engine.max_size("cpu", tiles=False), engine.max_size("cpu")
    assert 0 < whole <= tiled <= 4096
    assert needed_memory(whole * whole, ALL, 2) < free_memory("cpu") * 1.1
    with pytest.raises(engine.EngineError, match="no device"):
        engine.max_size("cuda:77")


def test_other_failures_are_not_taken_for_memory() -> None:
    with pytest.raises(engine.OutOfMemoryError, match="choose a smaller size"), memory_errors():
        torch.empty(10**15)  # four petabytes
    with pytest.raises(engine.OutOfMemoryError), memory_errors():
        raise torch.OutOfMemoryError("CUDA out of memory")
    with pytest.raises(engine.OutOfMemoryError), memory_errors():
        raise RuntimeError("std::bad_alloc")  # what oneDNN says in the middle of a convolution
    with pytest.raises(RuntimeError, match="something else"), memory_errors():
        raise RuntimeError("something else")

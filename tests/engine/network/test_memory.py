"""Memory: what a picture needs, and which failures are failures of memory."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest
import torch

import engine
from engine.network import memory
from engine.network.layers import CONVOLUTIONS
from engine.network.memory import FALLBACKS, FULL, free_memory, memory_errors, needed_memory, network_bytes
from engine.optimize.capacity import PRESET_CONVOLUTIONS

PLANS = (FULL, *FALLBACKS)


def test_the_network_needs_under_800_bytes_a_pixel_in_bfloat16_with_the_canvas() -> None:
    assert needed_memory(10**6, PRESET_CONVOLUTIONS, 2) <= 800 * 10**6
    assert network_bytes(PRESET_CONVOLUTIONS, 4) == 2 * network_bytes(PRESET_CONVOLUTIONS, 2)


def test_tiles_need_less_and_each_plan_needs_less_than_the_one_before() -> None:
    names = [name for name in CONVOLUTIONS if name <= "conv3_4"]
    needs = [needed_memory(4096 * 4096 // plan.shrink**2, names, 2 if plan.half else 4, plan.tile) for plan in PLANS]
    assert needs == sorted(needs, reverse=True)
    assert needs[-1] < needs[0] / 10


def test_other_failures_are_not_taken_for_memory() -> None:
    with pytest.raises(engine.OutOfMemoryError, match="choose a smaller size"), memory_errors():
        torch.empty(10**15)  # four petabytes
    with pytest.raises(engine.OutOfMemoryError), memory_errors():
        raise torch.OutOfMemoryError("CUDA out of memory")
    with pytest.raises(engine.OutOfMemoryError), memory_errors():
        raise RuntimeError("std::bad_alloc")  # what oneDNN says in the middle of a convolution
    with pytest.raises(RuntimeError, match="something else"), memory_errors():
        raise RuntimeError("something else")


@pytest.mark.parametrize(("left", "free"), [(None, 5000), (300, 300), (9000, 5000)])
def test_a_containers_limit_counts(left: int | None, free: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "memory_left", lambda: left)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=5000))
    assert free_memory("cpu") == free

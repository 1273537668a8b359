"""Memory: what a picture needs, what is done when there is too little, how large it may be."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

import engine
from engine.capacity import ALL
from engine.memory import LADDER, free_memory, memory_errors, needed_memory, network_bytes
from engine.vgg import CONVOLUTIONS

PAINT = """
import json, resource, sys
import torch
from PIL import Image
import engine, engine.memory

torch.set_num_threads(1)
model = engine.load_model("builtin", "cpu", precision="float32")
picture = Image.effect_noise((320, 320), 80).convert("RGB")
engine.stylize(picture, [picture], engine.preset("sketch", size=64, iterations=2), model=model)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
limit = used + int(sys.argv[1]) * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    result = engine.stylize(picture, [picture], engine.preset("sketch", size=640, iterations=2), model=model)
    print(json.dumps({"size": result.image.size, "notes": result.report.notes}))
except engine.OutOfMemoryError as error:
    print(json.dumps({"error": str(error)}))
"""


def painted_within(megabytes: int) -> dict[str, object]:
    """Paint 640 px in a process that may allocate so much more than it has; the failures are the allocator's own."""
    command = [sys.executable, "-W", "ignore", "-c", PAINT, str(megabytes)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(run.stdout)
    return answer


@pytest.mark.skipif(sys.platform != "linux", reason="limits a process's address space")
def test_an_allocation_that_fails_is_made_up_for_and_reported() -> None:
    """float32 whole needs about 700 MB, bfloat16 550, half the size in tiles 330 with what malloc keeps for itself."""
    answer = painted_within(450)
    notes = answer["notes"]
    assert isinstance(notes, list)
    assert any("memory is short" in note for note in notes)
    assert max(answer["size"]) in {640, 320}  # type: ignore[call-overload]


@pytest.mark.skipif(sys.platform != "linux", reason="limits a process's address space")
def test_where_nothing_helps_one_sentence_says_what_to_do() -> None:
    assert painted_within(8) == {"error": "The device has too little memory for this picture; choose a smaller size."}


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

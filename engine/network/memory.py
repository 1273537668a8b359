"""Memory: how much a picture needs, how much is free, and how a run is planned where it is too little."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import torch

from engine.cgroups import memory_left
from engine.errors import OutOfMemoryError
from engine.network.layers import CHANNELS, pools_before
from engine.network.tiles import margin_of

OPTIMIZER_BYTES = 160
"""Bytes for each pixel that are needed beside the network: pictures, and the history of L-BFGS (measured)."""

STEP_BYTES = 64
"""Bytes for each pixel that a step of L-BFGS needs besides, while the network needs none (measured)."""

USABLE_SHARE = 0.9
"""Share of the free memory that a plan may use."""

# The CPU allocator and oneDNN raise a plain RuntimeError, which only its message tells from other errors.
_ALLOCATION_ERRORS = (
    "not enough memory",
    "out of memory",
    "can't allocate memory",
    "could not create a memory",
    "could not create a primitive",
    "std::bad_alloc",
    "nnpack",  # it says only that it failed; the shapes it is given are right
)


@dataclass(frozen=True)
class MemoryPlan:
    """How a run saves memory.

    Attributes:
        half: Whether convolutions are computed in 16 bits, whatever the model's precision.
        tile: Edge of the tiles in pixels; 0: the picture is measured whole.
        shrink: Divisor of the picture's edges.
        note: What the report says about it; empty where nothing is saved.
    """

    half: bool = False
    tile: int = 0
    shrink: int = 1
    note: str = ""


FULL = MemoryPlan()
"""The whole picture at its own size and in the model's precision."""

FALLBACKS = (
    MemoryPlan(half=True, note="computed in 16 bits, for memory is short"),
    MemoryPlan(half=True, tile=512, note="computed in 16 bits and in tiles of 512 px, for memory is short"),
    MemoryPlan(half=True, tile=256, shrink=2, note="painted at half the size, in tiles of 256 px, for memory is short"),
)
"""The plans that are tried where `FULL` needs too much memory, in order of preference."""


def free_memory(device: str) -> int:
    """Bytes that can still be allocated on a device.

    On a CPU the limits of a container or service count as well: a process that exceeds them is killed.
    """
    if device.startswith("cuda"):
        free, _ = torch.cuda.mem_get_info(device)
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return free + unused
    available: int = psutil.virtual_memory().available
    left = memory_left()
    return available if left is None else min(available, left)


def device_memory(device: str) -> tuple[int, int]:
    """Bytes in use and in all: of a graphics card by all its programs, of a CPU's machine by this process."""
    if device.startswith("cuda"):
        free, total = torch.cuda.mem_get_info(device)
        return total - free, total
    if device == "mps":
        return torch.mps.driver_allocated_memory(), torch.mps.recommended_max_memory()
    return psutil.Process().memory_info().rss, psutil.virtual_memory().total


def network_bytes(convolutions: Collection[str], itemsize: int) -> int:
    """Bytes for each pixel of the picture that the forward and backward passes of the network need at most.

    Args:
        convolutions: Names from conv1_1 on, in network order.
        itemsize: Bytes of one activation: 2 in bfloat16 and float16.
    """
    kept = 0.0
    for name in convolutions:
        pools, channels = pools_before(name), CHANNELS[name][1]
        kept += channels * itemsize / 4**pools
        if name.endswith("_1") and pools:
            kept += CHANNELS[name][0] * itemsize / 4**pools  # the input of the pooling before it
    # The backward pass of the first block: its features, two gradients, and the pooling's indices of 8 bytes.
    first = 3 * 64 * itemsize + (64 // 4) * (8 + itemsize)
    return round(max(kept, first))


def needed_memory(pixels: int, convolutions: Collection[str], itemsize: int, tile: int = 0) -> int:
    """Bytes that a run needs.

    Args:
        pixels: Of all pictures of the batch together.
        convolutions: Names of those that are computed, in network order.
        itemsize: Bytes of one activation.
        tile: Edge of the tiles in pixels; 0: the pictures are measured whole.
    """
    measured = min(pixels, (tile + 2 * margin_of(convolutions)) ** 2) if tile else pixels
    # The content's features are kept for the whole picture, even with tiles: 32 bytes a pixel at relu3_4 in 16 bits,
    # less at deeper layers.
    features = pixels * 16 * itemsize if tile else 0
    most = max(measured * network_bytes(convolutions, itemsize), pixels * STEP_BYTES)
    return pixels * OPTIMIZER_BYTES + most + features


@contextmanager
def memory_errors() -> Iterator[None]:
    """Convert every kind of allocation failure in the `with` block into one error that says what to do.

    Raises:
        OutOfMemoryError: The device or the machine has no memory left.
    """
    try:
        yield
    except OutOfMemoryError:
        raise
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _too_little_memory() from error
    except RuntimeError as error:
        if any(message in str(error).lower() for message in _ALLOCATION_ERRORS):
            raise _too_little_memory() from error
        raise


def _too_little_memory() -> OutOfMemoryError:
    return OutOfMemoryError("The device has too little memory for this picture; choose a smaller size.")

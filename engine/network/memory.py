"""How much memory a picture needs, how much there is, and what to do when it is too little."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from engine.errors import OutOfMemoryError
from engine.network.tiles import margin_of
from engine.network.vgg import CHANNELS, pools_before

CANVAS = 160
"""Bytes for each pixel that are needed beside the network: pictures, and what L-BFGS remembers of them (measured)."""

SPARE = 0.9
"""Share of the free memory that is counted on."""

# The CPU allocator and oneDNN raise a plain RuntimeError; only the message tells.
_SIGNS = (
    "not enough memory",
    "out of memory",
    "can't allocate memory",
    "could not create a memory",
    "could not create a primitive",
    "std::bad_alloc",
)

_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Means:
    """How a picture is painted where memory is short.

    Attributes:
        bfloat16: Whether convolutions are in bfloat16, whatever the model's precision.
        tile: Edge of the tiles in pixels that it is measured in; 0: whole.
        shrink: What its edges are divided by.
        note: What a reader of the report should know.
    """

    bfloat16: bool = False
    tile: int = 0
    shrink: int = 1
    note: str = ""


PLENTY = Means()

LADDER = (
    PLENTY,
    Means(bfloat16=True, note="computed in bfloat16, for memory is short"),
    Means(bfloat16=True, tile=512, note="computed in bfloat16 and in tiles of 512 px, for memory is short"),
    Means(bfloat16=True, tile=256, shrink=2, note="painted at half the size, in tiles of 256 px, for memory is short"),
)
"""What is tried, best first."""


def free_memory(device: str) -> int:
    """Bytes that can still be had on a device.

    On a CPU a container's limit (cgroup v2) counts as well: beyond it the process would be killed, not refused.
    """
    if device.startswith("cuda"):
        free, _ = torch.cuda.mem_get_info(device)
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return free + unused
    available: int = psutil.virtual_memory().available
    limit, used = _number(_CGROUP / "memory.max"), _number(_CGROUP / "memory.current")
    return available if limit is None or used is None else min(available, limit - used)


def network_bytes(convolutions: Collection[str], itemsize: int) -> int:
    """Bytes for each pixel that the network needs at once, forth and back.

    Args:
        convolutions: From conv1_1 on, in network order.
        itemsize: Of one activation: 2 in bfloat16.
    """
    kept = 0.0
    for name in convolutions:
        pools, channels = pools_before(name), CHANNELS[name][1]
        kept += channels * itemsize / 4**pools
        if name.endswith("_1") and pools:
            kept += CHANNELS[name][0] * itemsize / 4**pools  # what was pooled before it
    # On the way back through the first block: its features, two gradients, and the pooling's indices of 8 bytes.
    first = 3 * 64 * itemsize + (64 // 4) * (8 + itemsize)
    return round(max(kept, first))


def needed_memory(pixels: int, convolutions: Collection[str], itemsize: int, tile: int = 0) -> int:
    """Bytes that painting needs.

    Args:
        pixels: Of all pictures together.
        convolutions: What the network is run up to.
        itemsize: Of one activation.
        tile: Edge of the tiles; 0: measured whole.
    """
    measured = min(pixels, (tile + 2 * margin_of(convolutions)) ** 2) if tile else pixels
    # Tiles leave the content's features whole: 32 bytes at relu3_4 in bfloat16, less further down.
    return pixels * CANVAS + measured * network_bytes(convolutions, itemsize) + (pixels * 16 * itemsize if tile else 0)


@contextmanager
def memory_errors() -> Iterator[None]:
    """Turn every kind of allocation failure within into one error that says what to do.

    Raises:
        OutOfMemoryError: The device or the machine has no memory left.
    """
    try:
        yield
    except OutOfMemoryError:
        raise
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _advice() from error
    except RuntimeError as error:
        if any(sign in str(error).lower() for sign in _SIGNS):
            raise _advice() from error
        raise


def _advice() -> OutOfMemoryError:
    return OutOfMemoryError("The device has too little memory for this picture; choose a smaller size.")


def _number(file: Path) -> int | None:
    """What a control file says; None where it says `max`, or is not there."""
    try:
        text = file.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None

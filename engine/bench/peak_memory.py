"""The peak memory use of a piece of code, on the device or of this process."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Peak:
    """Peak memory beyond what was in use before, in bytes; None where the system does not tell."""

    bytes: int | None = None


@contextmanager
def peak_bytes(device: str) -> Iterator[Peak]:
    """Measure the `with` block by CUDA's allocator, or by the process's resident memory (Linux)."""
    peak = Peak()
    gc.collect()  # what is free but resident, or freed during the measurement, would hide as much of what is taken
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        yield peak
        peak.bytes = torch.cuda.max_memory_allocated(device) - before
        return
    if not _CLEAR.exists():
        yield peak
        return
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):  # glibc's
        trim(0)
    _CLEAR.write_text("5")  # resets the high-water mark (proc(5))
    before = _status("VmRSS")
    yield peak
    peak.bytes = _status("VmHWM") - before


def _status(field: str) -> int:
    """A field of /proc/self/status in bytes."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024
